package dev.getj.kernels.reference;

import dev.getj.kernels.PatchOrder;
import dev.getj.kernels.Tensor;

/** The correspondence between pixels of images and features of patches. */
final class Patches {
    private Patches() {}

    interface Visitor {
        void visit(int pixel, int feature);
    }

    // image [B, C, S, S], patches [B, (S/p)², C·p·p]
    static void forEach(Tensor image, Tensor patches, PatchOrder order, Visitor visitor) {
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
