package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.HostInts;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import jdk.incubator.vector.FloatVector;

import java.util.Arrays;

/** Filling, copying and mixing of states. */
final class Elementwise {
    /** Elements that are cast in one go. */
    private static final int CAST = 1 << 13;

    private Elementwise() {}

    static Runnable fill(Workers workers, float value, Tensor y) {
        float[] target = JvmBuffer.of(y).values;
        int to = y.offset();
        return Ranges.over(
                workers,
                y.size(),
                (start, end) -> Arrays.fill(target, to + start, to + end, value));
    }

    static Runnable fillColumns(Workers workers, StateOp.FillColumns op) {
        float[] target = JvmBuffer.of(op.y()).values;
        int columns = op.y().dim(-1);
        int first = op.y().offset() + op.column();
        return Ranges.over(
                workers,
                op.y().rows(),
                (start, end) -> {
                    for (int row = start; row < end; row++) {
                        int at = first + row * columns;
                        Arrays.fill(target, at, at + op.count(), op.value());
                    }
                });
    }

    static Runnable copy(Workers workers, Tensor x, Tensor y) {
        float[] source = JvmBuffer.of(x).values;
        float[] target = JvmBuffer.of(y).values;
        int from = x.offset();
        int to = y.offset();
        return Ranges.over(
                workers,
                y.size(),
                (start, end) ->
                        System.arraycopy(source, from + start, target, to + start, end - start));
    }

    // y = x in y's type
    static Runnable cast(Workers workers, Tensor x, Tensor y) {
        Storage source = Storage.of(x);
        Storage target = Storage.of(y);
        float[][] pieces = workers.memory(CAST);
        Workers.Task task =
                (index, worker) -> {
                    int start = index * CAST;
                    int count = Math.min(CAST, y.size() - start);
                    source.read(x.offset() + start, pieces[worker], 0, count);
                    target.put(y.offset() + start, pieces[worker], 0, count);
                };
        int tasks = Gemm.ceil(y.size(), CAST);
        return () -> workers.run(tasks, task);
    }

    // y = a·x + b·y
    static Runnable mix(Workers workers, float a, Tensor x, float b, Tensor y) {
        float[] source = JvmBuffer.of(x).values;
        float[] target = JvmBuffer.of(y).values;
        int from = x.offset();
        int to = y.offset();
        return Ranges.over(
                workers,
                y.size(),
                (start, end) -> {
                    int i = start;
                    for (; i <= end - LANES; i += LANES) {
                        FloatVector mixed = FloatVector.fromArray(SPECIES, target, to + i).mul(b);
                        mixed =
                                FloatVector.fromArray(SPECIES, source, from + i)
                                        .fma(FloatVector.broadcast(SPECIES, a), mixed);
                        mixed.intoArray(target, to + i);
                    }
                    for (; i < end; i++) {
                        target[to + i] = Math.fma(source[from + i], a, target[to + i] * b);
                    }
                });
    }

    // to[b] = from[b] where chosen[b] ≠ 0
    static Runnable select(Workers workers, IntTensor chosen, Tensor from, Tensor to) {
        int[] choice = HostInts.of(chosen);
        float[] source = JvmBuffer.of(from).values;
        float[] target = JvmBuffer.of(to).values;
        int length = from.size() / choice.length;
        Workers.Task task =
                (b, worker) -> {
                    if (choice[b] != 0) {
                        System.arraycopy(
                                source,
                                from.offset() + b * length,
                                target,
                                to.offset() + b * length,
                                length);
                    }
                };
        return () -> workers.run(choice.length, task);
    }
}
