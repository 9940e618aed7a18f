package dev.getj.kernels.reference;

import static dev.getj.kernels.reference.DoubleBuffer.add;
import static dev.getj.kernels.reference.DoubleBuffer.get;
import static dev.getj.kernels.reference.DoubleBuffer.set;

import dev.getj.kernels.op.ImageOp;
import dev.getj.kernels.op.PatchOrder;
import dev.getj.kernels.tensor.HostInts;
import dev.getj.kernels.tensor.Tensor;

/** {@link ImageOp}: patches and class embeddings. */
final class Images {
    private Images() {}

    static void compute(ImageOp operation) {
        switch (operation) {
            case ImageOp.Patchify(var image, var order, var patches) ->
                    forEach(
                            image,
                            patches,
                            order,
                            (pixel, feature) -> set(patches, feature, get(image, pixel)));
            case ImageOp.Unpatchify(var patches, var order, var image) ->
                    forEach(
                            image,
                            patches,
                            order,
                            (pixel, feature) -> set(image, pixel, get(patches, feature)));
            case ImageOp.Embedding(var table, var labels, var y) -> {
                int[] rows = HostInts.of(labels);
                int width = y.dim(-1);
                for (int i = 0; i < y.size(); i++) {
                    set(y, i, get(table, rows[i / width] * width + i % width));
                }
            }
            case ImageOp.EmbeddingBackward(var dY, var labels, var dTable) -> {
                int[] rows = HostInts.of(labels);
                int width = dY.dim(-1);
                for (int i = 0; i < dY.size(); i++) {
                    add(dTable, rows[i / width] * width + i % width, get(dY, i));
                }
            }
        }
    }

    private interface Visitor {
        void visit(int pixel, int feature);
    }

    // the correspondence between pixels and features:
    // image [B, C, S, S], patches [B, (S/p)², C·p·p]
    private static void forEach(Tensor image, Tensor patches, PatchOrder order, Visitor visitor) {
        int channels = image.dim(1);
        int side = image.dim(2);
        int grid = (int) Math.round(Math.sqrt(patches.dim(1)));
        int patch = side / grid;
        for (int pixel = 0; pixel < image.size(); pixel++) {
            int column = pixel % side;
            int row = pixel / side % side;
            int channel = pixel / (side * side) % channels;
            int b = pixel / (side * side * channels);
            int token = row / patch * grid + column / patch;
            int inRow = row % patch;
            int inColumn = column % patch;
            int feature =
                    order == PatchOrder.CHANNEL_FIRST
                            ? (channel * patch + inRow) * patch + inColumn
                            : (inRow * patch + inColumn) * channels + channel;
            visitor.visit(pixel, (b * patches.dim(1) + token) * patches.dim(2) + feature);
        }
    }
}
