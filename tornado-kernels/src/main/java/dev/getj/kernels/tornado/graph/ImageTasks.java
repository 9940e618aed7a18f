package dev.getj.kernels.tornado.graph;

import dev.getj.kernels.IntTensor;
import dev.getj.kernels.PatchOrder;
import dev.getj.kernels.Tensor;
import dev.getj.kernels.tornado.Embedding;
import dev.getj.kernels.tornado.Patches;

import java.util.List;

/** Patches of images and rows of the class table as tasks. */
final class ImageTasks {
    private final Tasks tasks;

    ImageTasks(Tasks tasks) {
        this.tasks = tasks;
    }

    void patchify(Tensor image, PatchOrder order, Tensor patches) {
        int size = image.size();
        int channels = image.dim(1);
        int side = image.dim(2);
        int patch = patch(image, patches);
        int last = Patches.channelsLast(order);
        Arguments a = tasks.arguments().tensor(image).tensor(patches);
        tasks.add(
                "cutPatches",
                Patches.geometry(size),
                a,
                List.of(size, channels, side, patch, last),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Patches::cutPatches,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.column(),
                                size,
                                channels,
                                side,
                                patch,
                                last));
    }

    void unpatchify(Tensor patches, PatchOrder order, Tensor image) {
        int size = image.size();
        int channels = image.dim(1);
        int side = image.dim(2);
        int patch = patch(image, patches);
        int last = Patches.channelsLast(order);
        Arguments a = tasks.arguments().tensor(patches).tensor(image);
        tasks.add(
                "joinPatches",
                Patches.geometry(size),
                a,
                List.of(size, channels, side, patch, last),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Patches::joinPatches,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.column(),
                                size,
                                channels,
                                side,
                                patch,
                                last));
    }

    private static int patch(Tensor image, Tensor patches) {
        return image.dim(2) / (int) Math.round(Math.sqrt(patches.dim(1)));
    }

    void embedding(Tensor table, IntTensor labels, Tensor y) {
        int width = table.dim(1);
        Arguments a = tasks.arguments().tensor(table).ints(labels).tensor(y);
        tasks.add(
                "embedLabels",
                Embedding.forwardGeometry(labels.size(), width),
                a,
                List.of(width),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Embedding::embedLabels,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.row(),
                                at.f(1),
                                at.column(),
                                width));
    }

    void embeddingBackward(Tensor dY, IntTensor labels, Tensor dTable) {
        int samples = labels.size();
        int width = dTable.dim(1);
        Arguments a = tasks.arguments().tensor(dY).ints(labels).tensor(dTable);
        tasks.add(
                "embedLabelsBackward",
                Embedding.backwardGeometry(dTable.dim(0), width),
                a,
                List.of(samples, width),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Embedding::embedLabelsBackward,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.row(),
                                at.f(1),
                                at.column(),
                                samples,
                                width));
    }
}
