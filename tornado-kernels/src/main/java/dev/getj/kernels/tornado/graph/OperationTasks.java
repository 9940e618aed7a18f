package dev.getj.kernels.tornado.graph;

import dev.getj.kernels.DType;
import dev.getj.kernels.Tensor;
import dev.getj.kernels.op.AttentionOp;
import dev.getj.kernels.op.ImageOp;
import dev.getj.kernels.op.LossOp;
import dev.getj.kernels.op.MatMulOp;
import dev.getj.kernels.op.NormOp;
import dev.getj.kernels.op.Operation;
import dev.getj.kernels.op.OptimizerOp;
import dev.getj.kernels.op.StateOp;

import java.util.List;

/** Finds for every operation of a program the kernels that compute it. */
final class OperationTasks {
    private final LinearTasks linears;
    private final LayerTasks layers;
    private final ImageTasks images;
    private final TrainingTasks training;
    private final StateTasks states;

    private OperationTasks(Tasks tasks, Tiling tiling) {
        linears = new LinearTasks(tasks, tiling);
        layers = new LayerTasks(tasks, tiling);
        images = new ImageTasks(tasks);
        training = new TrainingTasks(tasks);
        states = new StateTasks(tasks);
    }

    /** The tasks of a program, in order. */
    static List<DeviceTask> of(DeviceMemory memory, Tiling tiling, List<Operation> operations) {
        Tasks tasks = new Tasks(memory);
        OperationTasks all = new OperationTasks(tasks, tiling);
        operations.forEach(all::compile);
        return tasks.recorded();
    }

    private void compile(Operation operation) {
        switch (operation) {
            case MatMulOp op -> matMul(op);
            case NormOp op -> norm(op);
            case AttentionOp op -> attention(op);
            case ImageOp op -> image(op);
            case LossOp op -> loss(op);
            case OptimizerOp op -> optimizer(op);
            case StateOp op -> state(op);
        }
    }

    private void matMul(MatMulOp operation) {
        switch (operation) {
            case MatMulOp.Linear(var x, var weight, var bias, var y) ->
                    linears.linear(x, weight, bias.orElse(null), y);
            case MatMulOp.LinearGelu(var x, var weight, var bias, var pre, var y) ->
                    linears.linearGelu(x, weight, bias.orElse(null), pre.orElse(null), y);
            case MatMulOp.LinearResidual(var x, var weight, var bias, var residual, var y) ->
                    linears.linearResidual(x, weight, bias.orElse(null), residual, y);
            case MatMulOp.LinearInjected op ->
                    linears.linearInjected(
                            op.x(),
                            op.weight(),
                            op.bias().orElse(null),
                            op.injection().orElse(null),
                            op.column(),
                            op.condition().orElse(null),
                            op.y());
            case MatMulOp.LinearBackwardInput(var dY, var weight, var dX) ->
                    linears.linearBackwardInput(dY, weight, dX);
            case MatMulOp.LinearGeluBackwardInput(var dY, var weight, var pre, var dPre) ->
                    linears.linearGeluBackwardInput(dY, weight, pre, dPre);
            case MatMulOp.LinearBackwardWeight(var dY, var x, var dWeight, var dBias) ->
                    linears.linearBackwardWeight(dY, x, dWeight, dBias.orElse(null));
            case MatMulOp.InjectionBackward(var dY, var dInjection, int column, var dCondition) ->
                    linears.injectionBackward(
                            dY, dInjection.orElse(null), column, dCondition.orElse(null));
        }
    }

    private void norm(NormOp operation) {
        switch (operation) {
            case NormOp.LayerNorm(var x, var gamma, var beta, var y, var statistics) ->
                    layers.layerNorm(x, gamma, beta, y, statistics.orElse(null));
            case NormOp.LayerNormBackward op ->
                    layers.layerNormBackward(
                            op.dY(),
                            op.x(),
                            op.gamma(),
                            op.statistics(),
                            op.dX(),
                            op.dGamma(),
                            op.dBeta());
        }
    }

    private void attention(AttentionOp operation) {
        switch (operation) {
            case AttentionOp.Attention(var qkv, int heads, var y, var logSumExp) ->
                    layers.attention(qkv, heads, y, logSumExp.orElse(null));
            case AttentionOp.AttentionBackward op ->
                    layers.attentionBackward(
                            op.dY(), op.qkv(), op.y(), op.logSumExp(), op.heads(), op.dQkv());
        }
    }

    private void image(ImageOp operation) {
        switch (operation) {
            case ImageOp.Patchify(var image, var order, var patches) ->
                    images.patchify(image, order, patches);
            case ImageOp.Unpatchify(var patches, var order, var image) ->
                    images.unpatchify(patches, order, image);
            case ImageOp.Embedding(var table, var labels, var y) ->
                    images.embedding(table, labels, y);
            case ImageOp.EmbeddingBackward(var dY, var labels, var dTable) ->
                    images.embeddingBackward(dY, labels, dTable);
        }
    }

    private void loss(LossOp operation) {
        switch (operation) {
            case LossOp.Loss op ->
                    training.loss(
                            op.kind(),
                            op.prediction(),
                            op.target(),
                            op.weight(),
                            op.loss(),
                            op.dPrediction().orElse(null));
        }
    }

    private void optimizer(OptimizerOp operation) {
        switch (operation) {
            case OptimizerOp.AdamW op ->
                    training.adamW(
                            op.settings(),
                            op.gradients(),
                            op.weights(),
                            op.firstMoment(),
                            op.secondMoment());
            case OptimizerOp.Ema op ->
                    states.mix(op.weightFactor(), op.weights(), op.averageFactor(), op.average());
        }
    }

    private void state(StateOp operation) {
        switch (operation) {
            case StateOp.Fill(float value, var y) -> states.fill(value, y);
            case StateOp.Copy(var x, var y) -> states.copy(x, y);
            case StateOp.Cast(var x, var y) -> {
                requireFloats(x);
                requireFloats(y);
                states.copy(x, y);
            }
            case StateOp.Add(var x, var y) -> states.mix(1, x, 1, y);
            case StateOp.Mix(float a, var x, float b, var y) -> states.mix(a, x, b, y);
            case StateOp.Normal(var key, var y) -> states.normal(key, y);
            case StateOp.ResidualNorms(var next, var previous, var norms) ->
                    states.residualNorms(next, previous, norms);
            case StateOp.Select(var chosen, var from, var to) -> states.select(chosen, from, to);
            case StateOp.KeepBest op ->
                    states.keepBest(
                            op.norms(), op.relative(), op.lowest(), op.candidate(), op.best());
            case StateOp.InnerProducts(var history, var x, var dots) ->
                    states.innerProducts(history, x, dots);
            case StateOp.Combine(var coefficients, var history, float beta, var y) ->
                    states.combine(coefficients, history, beta, y);
        }
    }

    private static void requireFloats(Tensor tensor) {
        if (tensor.dtype() != DType.F32) {
            throw new IllegalArgumentException(
                    "cast: %s is %s; devices hold F32".formatted(tensor, tensor.dtype()));
        }
    }
}
