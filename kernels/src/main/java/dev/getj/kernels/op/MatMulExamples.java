package dev.getj.kernels.op;

import dev.getj.kernels.tensor.DType;

import java.util.ArrayList;
import java.util.List;

/** Every {@link MatMulOp}. */
public final class MatMulExamples {
    private MatMulExamples() {}

    /**
     * Those that take factors of 16 bits, with results of both widths, on samples of {@code n}
     * rows.
     */
    public static List<Example> mixed(DType type, int n, int in, int out) {
        List<Example> examples = new ArrayList<>();
        for (Example example : of(n, in, out)) {
            boolean biased = example.variant().endsWith("bias");
            boolean backward = example.operation().endsWith("BackwardInput");
            if (!biased && !backward && !example.operation().equals("linear")) {
                continue;
            }
            switch (example.operation()) {
                case "linear", "linearGelu", "linearResidual", "linearInjected" -> {
                    examples.add(example.of(type, "x", "w"));
                    // a residual in place is y, and as wide
                    if (!example.variant().startsWith("in place")) {
                        examples.add(example.of(type, "x", "w", "y"));
                    }
                }
                case "linearBackwardInput" -> {
                    examples.add(example.of(type, "dY", "w"));
                    examples.add(example.of(type, "dY", "w", "dX"));
                }
                case "linearGeluBackwardInput" -> {
                    examples.add(example.of(type, "dY", "w"));
                    examples.add(example.of(type, "dY", "w", "dPre"));
                }
                default -> {}
            }
        }
        examples.addAll(mixedInjections(type, n, in, out));
        return examples;
    }

    /** Injections of 16 bits: all of a tensor's columns, as a library takes them, and some. */
    public static List<Example> mixedInjections(DType type, int n, int in, int out) {
        String shape = " " + n + "x" + in + "x" + out;
        return List.of(
                forward(false, n, in, out, "linearInjected sum" + shape)
                        .perSample("injection", n, out)
                        .calls(
                                (k, t) ->
                                        k.linearInjected(
                                                t.x(),
                                                t.w(),
                                                null,
                                                t.get("injection"),
                                                0,
                                                null,
                                                t.y()))
                        .of(type, "x", "w", "injection", "y"),
                forward(true, n, in, out, "linearInjected columns" + shape + " bias")
                        .perSample("injection", n, out + 8)
                        .perSample("condition", out)
                        .calls(
                                (k, t) ->
                                        k.linearInjected(
                                                t.x(),
                                                t.w(),
                                                t.bias(),
                                                t.get("injection"),
                                                4,
                                                t.get("condition"),
                                                t.y()))
                        .of(type, "x", "w", "injection", "y"));
    }

    /** What training in 16 bits needs besides, on samples of {@code n} rows. */
    public static List<Example> mixedTraining(DType type, int n, int in, int out) {
        List<Example> examples = new ArrayList<>();
        for (Example example : of(n, in, out)) {
            switch (example.operation()) {
                case "linearGelu" -> {
                    if (example.variant().startsWith("keeping")) {
                        examples.add(example.of(type, "x", "w", "pre", "y"));
                    }
                }
                case "linearGeluBackwardInput" -> {
                    examples.add(example.of(type, "dY", "w", "pre"));
                    examples.add(example.of(type, "dY", "w", "pre", "dPre"));
                }
                case "linearBackwardWeight" -> examples.add(example.of(type, "dY", "x"));
                case "injectionBackward" -> examples.add(example.of(type, "dY"));
                default -> {}
            }
        }
        return examples;
    }

    /** Every operation of the family, on samples of {@code n} rows. */
    public static List<Example> of(int n, int in, int out) {
        String shape = " " + n + "x" + in + "x" + out;
        List<Example> examples = new ArrayList<>();
        for (boolean biased : new boolean[] {true, false}) {
            String name = shape + (biased ? " bias" : "");
            examples.add(
                    forward(biased, n, in, out, "linear" + name)
                            .calls((k, t) -> k.linear(t.x(), t.w(), t.bias(), t.y())));
            Example.Call gelu = (k, t) -> k.linearGelu(t.x(), t.w(), t.bias(), t.get("pre"), t.y());
            examples.add(
                    forward(biased, n, in, out, "linearGelu keeping" + name)
                            .gives("pre", n, out)
                            .calls(gelu));
            examples.add(forward(biased, n, in, out, "linearGelu" + name).calls(gelu));
            Example.Call residual =
                    (k, t) -> k.linearResidual(t.x(), t.w(), t.bias(), t.get("residual"), t.y());
            examples.add(
                    forward(biased, n, in, out, "linearResidual" + name)
                            .perSample("residual", n, out)
                            .calls(residual));
            examples.add(
                    forward(biased, n, in, out, "linearResidual repeated" + name)
                            .shared("residual", n, out)
                            .calls(residual));
            examples.add(
                    forward(biased, n, in, out, "linearResidual in place" + name)
                            .calls(
                                    (k, t) ->
                                            k.linearResidual(
                                                    t.x(), t.w(), t.bias(), t.y(), t.y())));
            Example.Call injected =
                    (k, t) ->
                            k.linearInjected(
                                    t.x(),
                                    t.w(),
                                    t.bias(),
                                    t.get("injection"),
                                    3,
                                    t.get("condition"),
                                    t.y());
            examples.add(
                    forward(biased, n, in, out, "linearInjected both" + name)
                            .perSample("injection", n, out + 3)
                            .perSample("condition", out)
                            .calls(injected));
            examples.add(
                    forward(biased, n, in, out, "linearInjected slice" + name)
                            .perSample("injection", n, out + 5)
                            .calls(injected));
            examples.add(forward(biased, n, in, out, "linearInjected none" + name).calls(injected));
        }
        examples.add(
                new Example("linearBackwardInput" + shape)
                        .perSample("dY", n, out)
                        .shared("w", out, in)
                        .gives("dX", n, in)
                        .calls((k, t) -> k.linearBackwardInput(t.get("dY"), t.w(), t.get("dX"))));
        examples.add(
                new Example("linearGeluBackwardInput" + shape)
                        .perSample("dY", n, out)
                        .shared("w", out, in)
                        .perSample("pre", n, in)
                        .gives("dPre", n, in)
                        .calls(
                                (k, t) ->
                                        k.linearGeluBackwardInput(
                                                t.get("dY"), t.w(), t.get("pre"), t.get("dPre"))));
        examples.addAll(weightGradient(n, in, out));
        Example.Call injection =
                (k, t) ->
                        k.injectionBackward(
                                t.get("dY"), t.get("dInjection"), 2, t.get("dCondition"));
        examples.add(
                new Example("injectionBackward both" + shape)
                        .perSample("dY", n, out)
                        .gives("dInjection", n, out + 7)
                        .gives("dCondition", out)
                        .calls(injection));
        examples.add(
                new Example("injectionBackward slice" + shape)
                        .perSample("dY", n, out)
                        .gives("dInjection", n, out + 2)
                        .calls(injection));
        return examples;
    }

    /** Weight gradients alone, with and without that of the bias. */
    public static List<Example> weightGradient(int n, int in, int out) {
        String shape = " " + n + "x" + in + "x" + out;
        Example.Call call =
                (k, t) -> k.linearBackwardWeight(t.get("dY"), t.x(), t.get("dW"), t.get("dBias"));
        return List.of(
                new Example("linearBackwardWeight bias" + shape)
                        .perSample("dY", n, out)
                        .perSample("x", n, in)
                        .givesShared("dW", out, in)
                        .givesShared("dBias", out)
                        .calls(call),
                new Example("linearBackwardWeight" + shape)
                        .perSample("dY", n, out)
                        .perSample("x", n, in)
                        .givesShared("dW", out, in)
                        .calls(call));
    }

    private static Example forward(boolean biased, int n, int in, int out, String name) {
        Example example =
                new Example(name).perSample("x", n, in).shared("w", out, in).gives("y", n, out);
        return biased ? example.shared("bias", out) : example;
    }
}
