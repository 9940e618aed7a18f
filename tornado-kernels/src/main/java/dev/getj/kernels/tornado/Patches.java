package dev.getj.kernels.tornado;

import dev.getj.kernels.PatchOrder;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Images to patches and back: a work item for each element that is written. */
public final class Patches {
    private Patches() {}

    public static Geometry geometry(int size) {
        return Geometry.items(size, 1);
    }

    /** {@code order} as the kernels take it. */
    public static int channelsLast(PatchOrder order) {
        return order == PatchOrder.CHANNEL_LAST ? 1 : 0;
    }

    /** Tensors: image [B, channels, side, side], patches [B, (side/patch)², channels·patch²]. */
    public static void cutPatches(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray image,
            FloatArray patches,
            int column,
            int size,
            int channels,
            int side,
            int patch,
            int channelsLast) {
        int entry = row.get(0) + column;
        int imageAt = offsets.get(entry);
        int patchesAt = offsets.get(entry + 1);
        int i = context.globalIdx;
        if (i < size) {
            int features = channels * patch * patch;
            int feature = i % features;
            int token = i / features;
            int grid = side / patch;
            int channel = channelsLast != 0 ? feature % channels : feature / (patch * patch);
            int pixel = channelsLast != 0 ? feature / channels : feature % (patch * patch);
            int y = token / grid % grid * patch + pixel / patch;
            int x = token % grid * patch + pixel % patch;
            int b = token / (grid * grid);
            patches.set(
                    patchesAt + i,
                    image.get(imageAt + ((b * channels + channel) * side + y) * side + x));
        }
    }

    /** Tensors: patches [B, (side/patch)², channels·patch²], image [B, channels, side, side]. */
    public static void joinPatches(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            FloatArray patches,
            FloatArray image,
            int column,
            int size,
            int channels,
            int side,
            int patch,
            int channelsLast) {
        int entry = row.get(0) + column;
        int patchesAt = offsets.get(entry);
        int imageAt = offsets.get(entry + 1);
        int i = context.globalIdx;
        if (i < size) {
            int x = i % side;
            int y = i / side % side;
            int channel = i / (side * side) % channels;
            int b = i / (side * side * channels);
            int grid = side / patch;
            int token = (b * grid + y / patch) * grid + x / patch;
            int pixel = y % patch * patch + x % patch;
            int feature =
                    channelsLast != 0
                            ? pixel * channels + channel
                            : channel * patch * patch + pixel;
            image.set(
                    imageAt + i,
                    patches.get(patchesAt + token * channels * patch * patch + feature));
        }
    }
}
