package dev.getj.kernels.op;

import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Objectives. Derivations: {@code docs/kernels/loss.md}. */
public sealed interface LossOp extends Operation {

    /**
     * {@code loss = mean distance(prediction, target)}, of images [B, …] where the kind is one of
     * images, and {@code dPrediction = weight ·
     * ∂loss/∂prediction}. The weight is the factor of this term in the objective and does not scale
     * {@code loss} [1]; both results are overwritten.
     */
    record Loss(
            LossKind kind,
            Tensor prediction,
            Tensor target,
            float weight,
            Tensor loss,
            Optional<Tensor> dPrediction)
            implements LossOp {
        private static final String NAME = "loss";

        public Loss {
            Check.size(NAME, "target", target, prediction.size());
            Check.size(NAME, "loss", loss, 1);
            dPrediction.ifPresent(it -> Check.size(NAME, "dPrediction", it, prediction.size()));
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<Operand> operands() {
            return new Operands()
                    .reads("prediction", prediction)
                    .reads("target", target)
                    .writes("loss", loss)
                    .writes("dPrediction", dPrediction)
                    .list();
        }

        @Override
        public double flops() {
            return 3.0 * prediction.size();
        }
    }

    /** Every kind of loss, with and without its gradient. */
    static List<Example> examples(int size) {
        List<Example> examples = new ArrayList<>();
        for (LossKind kind : LossKind.values()) {
            Example.Call call =
                    (k, t) ->
                            k.loss(
                                    kind,
                                    t.get("prediction"),
                                    t.get("target"),
                                    0.7f,
                                    t.get("loss"),
                                    t.get("dPrediction"));
            examples.add(
                    new Example("loss gradient " + kind + " " + size)
                            .shared("prediction", 3, size)
                            .shared("target", 3, size)
                            .givesShared("loss", 1)
                            .givesShared("dPrediction", 3, size)
                            .calls(call));
            examples.add(
                    new Example("loss " + kind + " " + size)
                            .perSample("prediction", size)
                            .perSample("target", size)
                            .givesShared("loss", 1)
                            .calls(call));
        }
        return examples;
    }
}
