package dev.getj.kernels.tornado.image;

import dev.getj.kernels.op.ImageOp;
import dev.getj.kernels.op.PatchOrder;
import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.Entry;
import dev.getj.kernels.tornado.runtime.Geometry;
import dev.getj.kernels.tornado.runtime.Tasks;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.List;

/** Images to patches and back: a work item for each element that is written. */
public final class Patches {
    // The tensors of each kernel, as both sides number them.
    private static final int FROM = 0;
    private static final int TO = 1;

    private Patches() {}

    static void cut(Tasks tasks, ImageOp.Patchify op) {
        int size = op.image().size();
        int channels = op.image().dim(1);
        int side = op.image().dim(2);
        int patch = side / (int) Math.round(Math.sqrt(op.patches().dim(1)));
        int last = op.order() == PatchOrder.CHANNEL_LAST ? 1 : 0;
        Arguments arguments = tasks.arguments().tensor(FROM, op.image()).tensor(TO, op.patches());
        tasks.add(
                "cutPatches",
                Geometry.items(size, 1),
                arguments,
                List.of(size, channels, side, patch, last),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Patches::cutPatches,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(FROM),
                                at.array(TO),
                                at.column(),
                                size,
                                channels,
                                side,
                                patch,
                                last));
    }

    static void join(Tasks tasks, ImageOp.Unpatchify op) {
        int size = op.image().size();
        int channels = op.image().dim(1);
        int side = op.image().dim(2);
        int patch = side / (int) Math.round(Math.sqrt(op.patches().dim(1)));
        int last = op.order() == PatchOrder.CHANNEL_LAST ? 1 : 0;
        Arguments arguments = tasks.arguments().tensor(FROM, op.patches()).tensor(TO, op.image());
        tasks.add(
                "joinPatches",
                Geometry.items(size, 1),
                arguments,
                List.of(size, channels, side, patch, last),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Patches::joinPatches,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.place(),
                                at.array(FROM),
                                at.array(TO),
                                at.column(),
                                size,
                                channels,
                                side,
                                patch,
                                last));
    }

    /** Tensors: image [B, channels, side, side], patches [B, (side/patch)², channels·patch²]. */
    public static void cutPatches(
            KernelContext context,
            IntArray offsets,
            IntArray row,
            IntArray place,
            FloatArray image,
            FloatArray patches,
            int column,
            int size,
            int channels,
            int side,
            int patch,
            int channelsLast) {
        int entry = Entry.of(row, place, column);
        int imageAt = offsets.get(entry + FROM);
        int patchesAt = offsets.get(entry + TO);
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
            IntArray place,
            FloatArray patches,
            FloatArray image,
            int column,
            int size,
            int channels,
            int side,
            int patch,
            int channelsLast) {
        int entry = Entry.of(row, place, column);
        int patchesAt = offsets.get(entry + FROM);
        int imageAt = offsets.get(entry + TO);
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
