package dev.getj.kernels.jvm;

import dev.getj.kernels.op.PatchOrder;
import dev.getj.kernels.tensor.Tensor;

/** Cuts images into patches and puts them together again, one sample a task. */
final class Patches {
    private Patches() {}

    // image [B, C, S, S] → patches [B, (S/p)², C·p·p]
    static Runnable cut(Workers workers, Tensor image, PatchOrder order, Tensor patches) {
        Grid grid = Grid.of(image, order, patches);
        Workers.Task task = (b, worker) -> grid.move(b, true);
        return () -> workers.run(image.dim(0), task);
    }

    // patches [B, (S/p)², C·p·p] → image [B, C, S, S]
    static Runnable join(Workers workers, Tensor patches, PatchOrder order, Tensor image) {
        Grid grid = Grid.of(image, order, patches);
        Workers.Task task = (b, worker) -> grid.move(b, false);
        return () -> workers.run(image.dim(0), task);
    }

    /**
     * @param step from one pixel of a row to the next, in a patch's features
     */
    private record Grid(
            float[] pixels,
            int pixelsAt,
            float[] features,
            int featuresAt,
            int channels,
            int side,
            int patch,
            int step) {
        static Grid of(Tensor image, PatchOrder order, Tensor patches) {
            int side = image.dim(2);
            int patch = side / (int) Math.round(Math.sqrt(patches.dim(1)));
            int channels = image.dim(1);
            return new Grid(
                    JvmBuffer.of(image).values,
                    image.offset(),
                    JvmBuffer.of(patches).values,
                    patches.offset(),
                    channels,
                    side,
                    patch,
                    order == PatchOrder.CHANNEL_FIRST ? 1 : channels);
        }

        void move(int b, boolean cut) {
            int across = side / patch;
            int width = channels * patch * patch;
            for (int channel = 0; channel < channels; channel++) {
                // where the channel starts within a patch:
                // planes one after the other, or pixels interleaved
                int plane = step == 1 ? channel * patch * patch : channel;
                for (int row = 0; row < side; row++) {
                    int pixel = pixelsAt + ((b * channels + channel) * side + row) * side;
                    int token = (b * across + row / patch) * across;
                    int feature = featuresAt + token * width + plane + row % patch * patch * step;
                    for (int column = 0; column < across; column++) {
                        moveRow(pixel + column * patch, feature + column * width, cut);
                    }
                }
            }
        }

        private void moveRow(int pixel, int feature, boolean cut) {
            for (int i = 0; i < patch; i++) {
                if (cut) {
                    features[feature + i * step] = pixels[pixel + i];
                } else {
                    pixels[pixel + i] = features[feature + i * step];
                }
            }
        }
    }
}
