package dev.getj.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.getj.kernels.op.Example;
import dev.getj.kernels.op.LossKind;
import dev.getj.kernels.op.PatchOrder;
import dev.getj.kernels.reference.DoubleBuffer;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Every backward operation of the oracle against central differences of its forward operation, in
 * double: the gradient of {@code Σ dY ⊙ y} for a random dY. The fast kernels are held against the
 * oracle in {@link ConformanceTest}.
 */
class GradientTest {
    private static final Backend BACKEND = new ReferenceBackend();

    @Test
    void linear() {
        new Check()
                .tensor("x", 3, 4)
                .tensor("w", 5, 4)
                .tensor("bias", 5)
                .tensor("y", 3, 5)
                .forward((k, t) -> k.linear(t.get("x"), t.get("w"), t.get("bias"), t.get("y")))
                .backward(
                        (k, t) -> {
                            k.linearBackwardInput(t.get("dy"), t.get("w"), t.get("dx"));
                            k.linearBackwardWeight(
                                    t.get("dy"), t.get("x"), t.get("dw"), t.get("dbias"));
                        })
                .overwrites("x")
                .accumulates("w", "bias");
    }

    @Test
    void feedForward() {
        new Check()
                .tensor("x", 3, 4)
                .tensor("w", 5, 4)
                .tensor("bias", 5)
                .tensor("pre", 3, 5)
                .tensor("hidden", 3, 5)
                .tensor("w2", 2, 5)
                .tensor("bias2", 2)
                .tensor("residual", 3, 2)
                .tensor("y", 3, 2)
                .forward(
                        (k, t) -> {
                            k.linearGelu(
                                    t.get("x"),
                                    t.get("w"),
                                    t.get("bias"),
                                    t.get("pre"),
                                    t.get("hidden"));
                            k.linearResidual(
                                    t.get("hidden"),
                                    t.get("w2"),
                                    t.get("bias2"),
                                    t.get("residual"),
                                    t.get("y"));
                        })
                .backward(
                        (k, t) -> {
                            k.linearBackwardWeight(
                                    t.get("dy"), t.get("hidden"), t.get("dw2"), t.get("dbias2"));
                            k.linearGeluBackwardInput(
                                    t.get("dy"), t.get("w2"), t.get("pre"), t.get("dpre"));
                            k.linearBackwardWeight(
                                    t.get("dpre"), t.get("x"), t.get("dw"), t.get("dbias"));
                            k.linearBackwardInput(t.get("dpre"), t.get("w"), t.get("dx"));
                        })
                .overwrites("x")
                .accumulates("w", "bias", "w2", "bias2");
    }

    @Test
    void injected() {
        new Check()
                .tensor("x", 6, 4)
                .tensor("w", 3, 4)
                .tensor("injection", 6, 8)
                .tensor("condition", 2, 3)
                .tensor("y", 6, 3)
                .forward(
                        (k, t) ->
                                k.linearInjected(
                                        t.get("x"),
                                        t.get("w"),
                                        null,
                                        t.get("injection"),
                                        2,
                                        t.get("condition"),
                                        t.get("y")))
                .backward(
                        (k, t) -> {
                            k.linearBackwardInput(t.get("dy"), t.get("w"), t.get("dx"));
                            k.linearBackwardWeight(t.get("dy"), t.get("x"), t.get("dw"), null);
                            k.injectionBackward(
                                    t.get("dy"), t.get("dinjection"), 2, t.get("dcondition"));
                        })
                .overwrites("x")
                .accumulates("w", "injection", "condition");
    }

    @Test
    void layerNorm() {
        new Check()
                .tensor("x", 3, 5)
                .tensor("gamma", 5)
                .tensor("beta", 5)
                .tensor("statistics", 3, 2)
                .tensor("y", 3, 5)
                .forward(
                        (k, t) ->
                                k.layerNorm(
                                        t.get("x"),
                                        t.get("gamma"),
                                        t.get("beta"),
                                        t.get("y"),
                                        t.get("statistics")))
                .backward(
                        (k, t) ->
                                k.layerNormBackward(
                                        t.get("dy"),
                                        t.get("x"),
                                        t.get("gamma"),
                                        t.get("statistics"),
                                        t.get("dx"),
                                        t.get("dgamma"),
                                        t.get("dbeta")))
                .accumulates("x", "gamma", "beta");
    }

    @Test
    void rmsNorm() {
        new Check()
                .tensor("x", 3, 5)
                .tensor("gamma", 5)
                .tensor("statistics", 3)
                .tensor("y", 3, 5)
                .forward(
                        (k, t) ->
                                k.rmsNorm(
                                        t.get("x"),
                                        t.get("gamma"),
                                        t.get("y"),
                                        t.get("statistics")))
                .backward(
                        (k, t) ->
                                k.rmsNormBackward(
                                        t.get("dy"),
                                        t.get("x"),
                                        t.get("gamma"),
                                        t.get("statistics"),
                                        t.get("dx"),
                                        t.get("dgamma")))
                .accumulates("x", "gamma");
    }

    @Test
    void attention() {
        new Check()
                .tensor("qkv", 2, 4, 18)
                .tensor("logSumExp", 2, 2, 4)
                .tensor("y", 2, 4, 6)
                .forward((k, t) -> k.attention(t.get("qkv"), 2, t.get("y"), t.get("logSumExp")))
                .backward(
                        (k, t) ->
                                k.attentionBackward(
                                        t.get("dy"),
                                        t.get("qkv"),
                                        t.get("y"),
                                        t.get("logSumExp"),
                                        2,
                                        t.get("dqkv")))
                .overwrites("qkv");
    }

    @ParameterizedTest
    @EnumSource
    void patches(PatchOrder order) {
        new Check()
                .tensor("image", 2, 3, 4, 4)
                .tensor("y", 2, 4, 12)
                .forward((k, t) -> k.patchify(t.get("image"), order, t.get("y")))
                .backward((k, t) -> k.unpatchify(t.get("dy"), order, t.get("dimage")))
                .overwrites("image");
    }

    @Test
    void embedding() {
        IntTensor labels = BACKEND.allocateInts(4).set(2, 0, 2, 1);
        new Check()
                .tensor("table", 4, 3)
                .tensor("y", 4, 3)
                .forward((k, t) -> k.embedding(t.get("table"), labels, t.get("y")))
                .backward((k, t) -> k.embeddingBackward(t.get("dy"), labels, t.get("dtable")))
                .accumulates("table");
    }

    @ParameterizedTest
    @EnumSource
    void loss(LossKind kind) {
        float weight = 0.75f;
        Check check =
                new Check()
                        .tensor("prediction", 2, 5)
                        .tensor("target", 2, 5)
                        .tensor("y", 1)
                        .forward(
                                (k, t) ->
                                        k.loss(
                                                kind,
                                                t.get("prediction"),
                                                t.get("target"),
                                                weight,
                                                t.get("y"),
                                                null))
                        .backward(
                                (k, t) ->
                                        k.loss(
                                                kind,
                                                t.get("prediction"),
                                                t.get("target"),
                                                weight,
                                                t.get("y"),
                                                t.get("dprediction")));
        // the objective counts this term with its weight
        check.tensors.get("dy").set(weight);
        check.overwrites("prediction");
    }

    /**
     * A forward and a backward launch over tensors of the oracle; {@code dname} is the gradient of
     * {@code name}.
     */
    private static final class Check {
        private final Map<String, Tensor> tensors = new LinkedHashMap<>();
        private final Random random = new Random(1);
        private Program forward;
        private Program backward;

        Check tensor(String name, int... shape) {
            for (String each : new String[] {name, "d" + name}) {
                Tensor tensor = BACKEND.allocate(shape);
                fill(tensor);
                tensors.put(each, tensor);
            }
            return this;
        }

        Check forward(Example.Call call) {
            forward = record(call);
            return this;
        }

        Check backward(Example.Call call) {
            backward = record(call);
            return this;
        }

        /** Whatever the gradient held before is gone. */
        Check overwrites(String... names) {
            return check(false, names);
        }

        /** The gradient is added to what was there. */
        Check accumulates(String... names) {
            return check(true, names);
        }

        private Program record(Example.Call call) {
            return BACKEND.record(
                    "check", kernels -> call.record(kernels, new Example.Named(tensors, Map.of())));
        }

        private Check check(boolean accumulates, String... names) {
            for (String name : names) {
                Tensor gradient = tensors.get("d" + name);
                fill(gradient);
                double[] before = read(gradient);
                forward.run();
                backward.run();
                double[] after = read(gradient);
                for (int i = 0; i < after.length; i++) {
                    double actual = after[i] - (accumulates ? before[i] : 0);
                    assertEquals(
                            slope(tensors.get(name), i),
                            actual,
                            Tolerances.FINITE_DIFFERENCE,
                            "d" + name + "[" + i + "]");
                }
            }
            return this;
        }

        // central difference of Σ dY ⊙ y
        private double slope(Tensor input, int i) {
            double value = DoubleBuffer.get(input, i);
            double difference = 0;
            for (int sign = -1; sign <= 1; sign += 2) {
                DoubleBuffer.set(input, i, value + sign * Tolerances.STEP);
                forward.run();
                double[] y = read(tensors.get("y"));
                double[] dY = read(tensors.get("dy"));
                for (int j = 0; j < y.length; j++) {
                    difference += sign * dY[j] * y[j];
                }
            }
            DoubleBuffer.set(input, i, value);
            return difference / (2 * Tolerances.STEP);
        }

        private void fill(Tensor tensor) {
            for (int i = 0; i < tensor.size(); i++) {
                DoubleBuffer.set(tensor, i, random.nextGaussian());
            }
        }

        private static double[] read(Tensor tensor) {
            double[] values = new double[tensor.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = DoubleBuffer.get(tensor, i);
            }
            return values;
        }
    }
}
