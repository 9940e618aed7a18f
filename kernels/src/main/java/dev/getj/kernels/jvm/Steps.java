package dev.getj.kernels.jvm;

import dev.getj.kernels.op.AttentionOp;
import dev.getj.kernels.op.ImageOp;
import dev.getj.kernels.op.LossOp;
import dev.getj.kernels.op.MatMulOp;
import dev.getj.kernels.op.NormOp;
import dev.getj.kernels.op.Operation;
import dev.getj.kernels.op.OptimizerOp;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds for every operation of a program the kernel that computes it. */
final class Steps {
    private final Workers workers;
    private final PackedWeights weights;
    private final Scratch scratch;
    private final Scratch.Share share;
    private final List<Step> steps = new ArrayList<>();

    private Steps(Workers workers, PackedWeights weights, Scratch scratch) {
        this.workers = workers;
        this.weights = weights;
        this.scratch = scratch;
        share = scratch.share();
    }

    /** The steps of a program, in order. */
    static List<Step> of(
            Workers workers, PackedWeights weights, Scratch scratch, List<Operation> operations) {
        Steps steps = new Steps(workers, weights, scratch);
        operations.forEach(steps::compile);
        return List.copyOf(steps.steps);
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
            case MatMulOp.Linear(var x, var weight, var bias, var y) -> {
                Gemm.Epilogue epilogue = Epilogues.store(bias.orElse(null), y);
                rows(forward(x, weight, epilogue, Optional.empty(), bias), operation);
            }
            case MatMulOp.LinearGelu(var x, var weight, var bias, var pre, var y) -> {
                Gemm.Epilogue epilogue = Epilogues.gelu(bias.orElse(null), pre.orElse(null), y);
                rows(forward(x, weight, epilogue, Optional.empty(), bias), operation);
            }
            case MatMulOp.LinearResidual(var x, var weight, var bias, var residual, var y) -> {
                Gemm.Epilogue epilogue = Epilogues.residual(bias.orElse(null), residual, y);
                // one that is repeated is read by all rows
                boolean whole = residual.rows() == y.rows();
                Optional<Tensor> operand = Optional.of(residual);
                rows(
                        whole
                                ? forward(x, weight, epilogue, operand, bias)
                                : forward(x, weight, epilogue, Optional.empty(), bias, operand),
                        operation);
            }
            case MatMulOp.LinearInjected op -> {
                Gemm.Epilogue epilogue =
                        Epilogues.injected(
                                op.bias().orElse(null),
                                op.injection().orElse(null),
                                op.column(),
                                op.condition().orElse(null),
                                op.y());
                rows(
                        forward(
                                op.x(),
                                op.weight(),
                                epilogue,
                                op.injection(),
                                op.bias(),
                                op.condition()),
                        op);
            }
            case MatMulOp.LinearBackwardInput(var dY, var weight, var dX) ->
                    rows(
                            backward(dY, weight, Epilogues.store(null, dX), Optional.empty()),
                            operation);
            case MatMulOp.LinearGeluBackwardInput(var dY, var weight, var pre, var dPre) ->
                    rows(
                            backward(
                                    dY,
                                    weight,
                                    Epilogues.geluBackward(pre, dPre),
                                    Optional.of(pre)),
                            operation);
            case MatMulOp.LinearBackwardWeight(var dY, var x, var dWeight, var dBias) -> {
                WeightGradient gradient =
                        new WeightGradient(
                                workers, scratch, share, dY, x, dWeight, dBias.orElse(null));
                Optional<RowWork> rows = Optional.ofNullable(gradient.rows());
                Runnable alone = gradient.alone(rows.orElse(null));
                steps.add(
                        rows.map(work -> Step.rows(work, alone, operation.outputs()))
                                .orElseGet(() -> Step.whole(alone, operation.outputs())));
            }
            case MatMulOp.InjectionBackward(var dY, var dInjection, int column, var dCondition) -> {
                dInjection.ifPresent(it -> rows(Injection.backward(dY, it, column), List.of(it)));
                dCondition.ifPresent(it -> rows(Injection.backward(workers, dY, it), List.of(it)));
            }
        }
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // the list is only read
    private RowWork forward(
            Tensor x,
            Tensor weight,
            Gemm.Epilogue epilogue,
            Optional<Tensor> local,
            Optional<Tensor>... shared) {
        return Linear.product(
                workers, x, weight, weights.forward(weight), epilogue, local, List.of(shared));
    }

    private RowWork backward(
            Tensor dY, Tensor weight, Gemm.Epilogue epilogue, Optional<Tensor> local) {
        return Linear.product(
                workers, dY, weight, weights.backward(weight), epilogue, local, List.of());
    }

    private void norm(NormOp operation) {
        switch (operation) {
            case NormOp.LayerNorm(var x, var gamma, var beta, var y, var statistics) ->
                    rows(
                            LayerNorm.forward(workers, x, gamma, beta, y, statistics.orElse(null)),
                            operation);
            case NormOp.LayerNormBackward op ->
                    rows(
                            LayerNorm.backward(
                                    workers,
                                    share,
                                    op.dY(),
                                    op.x(),
                                    op.gamma(),
                                    op.statistics(),
                                    op.dX(),
                                    op.dGamma(),
                                    op.dBeta()),
                            op);
            case NormOp.RmsNorm op -> rows(RmsNorm.forward(workers, op), op);
            case NormOp.RmsNormBackward op -> rows(RmsNorm.backward(workers, share, op), op);
        }
    }

    private void attention(AttentionOp operation) {
        switch (operation) {
            case AttentionOp.Attention(var qkv, int heads, var y, var logSumExp) ->
                    rows(
                            Attention.forward(scratch, qkv, heads, y, logSumExp.orElse(null)),
                            operation);
            case AttentionOp.AttentionBackward op ->
                    rows(
                            Attention.backward(
                                    scratch,
                                    op.dY(),
                                    op.qkv(),
                                    op.logSumExp(),
                                    op.heads(),
                                    op.dQkv()),
                            op);
        }
    }

    private void image(ImageOp operation) {
        whole(
                operation,
                switch (operation) {
                    case ImageOp.Patchify(var image, var order, var patches) ->
                            Patches.cut(workers, image, order, patches);
                    case ImageOp.Unpatchify(var patches, var order, var image) ->
                            Patches.join(workers, patches, order, image);
                    case ImageOp.Embedding(var table, var labels, var y) ->
                            Embedding.forward(workers, table, labels, y);
                    case ImageOp.EmbeddingBackward(var dY, var labels, var dTable) ->
                            Embedding.backward(workers, dY, labels, dTable);
                });
    }

    private void loss(LossOp operation) {
        whole(
                operation,
                switch (operation) {
                    case LossOp.Loss op ->
                            Loss.forward(
                                    workers,
                                    op.kind(),
                                    op.prediction(),
                                    op.target(),
                                    op.weight(),
                                    op.loss(),
                                    op.dPrediction().orElse(null));
                });
    }

    private void optimizer(OptimizerOp operation) {
        whole(
                operation,
                switch (operation) {
                    case OptimizerOp.AdamW op ->
                            AdamW.step(
                                    workers,
                                    op.settings(),
                                    op.gradients(),
                                    op.weights(),
                                    op.firstMoment(),
                                    op.secondMoment());
                    case OptimizerOp.Ema op ->
                            Elementwise.mix(
                                    workers,
                                    op.weightFactor(),
                                    op.weights(),
                                    op.averageFactor(),
                                    op.average());
                });
    }

    private void state(StateOp operation) {
        if (operation instanceof StateOp.Advance op) {
            state(op.measure());
            state(op.keep());
            state(op.move());
            return;
        }
        whole(
                operation,
                switch (operation) {
                    case StateOp.Fill(float value, var y) -> Elementwise.fill(workers, value, y);
                    case StateOp.FillColumns op -> Elementwise.fillColumns(workers, op);
                    case StateOp.Copy(var x, var y) -> Elementwise.copy(workers, x, y);
                    case StateOp.Cast(var x, var y) -> Elementwise.cast(workers, x, y);
                    case StateOp.Add(var x, var y) -> Elementwise.mix(workers, 1, x, 1, y);
                    case StateOp.Mix(float a, var x, float b, var y) ->
                            Elementwise.mix(workers, a, x, b, y);
                    case StateOp.Normal(var key, var y) -> Normal.fill(workers, key, y);
                    case StateOp.ResidualNorms(var next, var previous, var norms) ->
                            Norms.residuals(workers, next, previous, norms);
                    case StateOp.Select(var chosen, var from, var to) ->
                            Elementwise.select(workers, chosen, from, to);
                    case StateOp.KeepBest op ->
                            Norms.keepBest(
                                    op.norms(),
                                    op.relative(),
                                    op.lowest(),
                                    op.candidate(),
                                    op.best());
                    case StateOp.Advance _ ->
                            throw new IllegalStateException("an advance is three steps");
                    case StateOp.InnerProducts(var history, var x, var dots) ->
                            Histories.innerProducts(workers, history, x, dots);
                    case StateOp.Combine(var coefficients, var history, float beta, var y) ->
                            Histories.combine(workers, coefficients, history, beta, y);
                });
    }

    private void whole(Operation operation, Runnable body) {
        steps.add(Step.whole(body, operation.outputs()));
    }

    private void rows(RowWork rows, Operation operation) {
        rows(rows, operation.outputs());
    }

    private void rows(RowWork rows, List<Tensor> outputs) {
        steps.add(Step.rows(rows, rows.alone(workers), outputs));
    }
}
