package dev.getj.kernels.tornado.graph;

import dev.getj.kernels.LossKind;
import dev.getj.kernels.Tensor;
import dev.getj.kernels.tornado.AdamW;
import dev.getj.kernels.tornado.Loss;

import java.util.List;

/** Losses and the optimiser as tasks. */
final class TrainingTasks {
    private final Tasks tasks;

    TrainingTasks(Tasks tasks) {
        this.tasks = tasks;
    }

    void loss(
            LossKind kind,
            Tensor prediction,
            Tensor target,
            float weight,
            Tensor loss,
            Tensor dPrediction) {
        int size = prediction.size();
        int blocks = Loss.blocks(size);
        int squared = Loss.squared(kind);
        int slopes = dPrediction != null ? 1 : 0;
        float scale = Loss.scale(kind, weight, size);
        int partial = blocks;
        Arguments a =
                tasks.arguments()
                        .tensor(prediction)
                        .tensor(target)
                        .tensor(dPrediction)
                        .scratch(partial);
        tasks.add(
                "lossBlocks",
                Loss.geometry(size),
                a,
                List.of(size, squared, slopes, scale),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Loss::lossBlocks,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.f(3),
                                at.column(),
                                size,
                                squared,
                                slopes,
                                scale));
        Arguments mean = tasks.arguments().scratch(partial).tensor(loss);
        tasks.add(
                "lossMean",
                Loss.meanGeometry(),
                mean,
                List.of(blocks, size),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Loss::lossMean,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.column(),
                                blocks,
                                size));
    }

    void adamW(
            Tensor settings,
            Tensor gradients,
            Tensor weights,
            Tensor firstMoment,
            Tensor secondMoment) {
        int size = weights.size();
        Arguments a =
                tasks.arguments()
                        .tensor(settings)
                        .tensor(gradients)
                        .tensor(weights)
                        .alongside(firstMoment)
                        .alongside(secondMoment);
        tasks.add(
                "adamW",
                AdamW.geometry(size),
                a,
                List.of(size),
                (graph, id, at) ->
                        graph.task(
                                id,
                                AdamW::adamWStep,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.column(),
                                size));
    }
}
