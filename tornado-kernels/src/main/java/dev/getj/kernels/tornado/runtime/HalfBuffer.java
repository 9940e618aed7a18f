package dev.getj.kernels.tornado.runtime;

import dev.getj.kernels.tensor.Buffer;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.Tensor;

/**
 * Numbers of 16 bits on a device, four in a word, the first in its lowest bits.
 *
 * @param place where the words lie
 * @param size how many numbers there are
 * @param transfers moves them between host and device
 */
record HalfBuffer(
        DType dtype, int size, DeviceMemory.Place place, TornadoBuffer.Transfers transfers)
        implements Buffer {
    private static final int HALVES = DeviceMemory.HALVES;

    @Override
    public void write(int at, float[] source, int from, int count) {
        int first = at / HALVES;
        long[] words = words(at, count);
        for (int i = 0; i < count; i++) {
            int word = (at + i) / HALVES - first;
            int shift = (at + i) % HALVES * Short.SIZE;
            words[word] &= ~(0xFFFFL << shift);
            words[word] |= (bits(source[from + i]) & 0xFFFFL) << shift;
        }
        transfers.writeWords(place.array(), place.offset() + first, words);
    }

    @Override
    public void read(int at, float[] target, int to, int count) {
        long[] words = words(at, count);
        for (int i = 0; i < count; i++) {
            long word = words[(at + i) / HALVES - at / HALVES];
            target[to + i] = value((short) (word >> (at + i) % HALVES * Short.SIZE));
        }
    }

    // those in which the numbers lie, and perhaps neighbours of theirs
    private long[] words(int at, int count) {
        int first = at / HALVES;
        int end = (at + count + HALVES - 1) / HALVES;
        return transfers.readWords(place.array(), place.offset() + first, end - first);
    }

    private short bits(float value) {
        return dtype == DType.F16 ? Float.floatToFloat16(value) : DType.floatToBfloat16(value);
    }

    private float value(short bits) {
        return dtype == DType.F16 ? Float.float16ToFloat(bits) : DType.bfloat16ToFloat(bits);
    }

    static HalfBuffer of(Tensor tensor) {
        if (tensor.buffer().storage() instanceof HalfBuffer buffer) {
            return buffer;
        }
        throw new IllegalArgumentException(
                tensor + " was not made by the TornadoVM backend, with 16 bits");
    }
}
