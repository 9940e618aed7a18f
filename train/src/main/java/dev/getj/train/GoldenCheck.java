package dev.getj.train;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.io.SafetensorsWriter;
import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.LossKind;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.Estimator;
import dev.getj.model.Factors;
import dev.getj.model.ModelConfig;
import dev.getj.model.Network;
import dev.getj.model.Objective;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.Precision;
import dev.getj.model.SamplingPass;
import dev.getj.model.TrainingPass;
import dev.getj.model.WeightsFile;
import dev.getj.solver.Anderson;
import dev.getj.solver.FixedPointIteration;
import dev.getj.solver.FixedPointMap;
import dev.getj.solver.Solver;
import dev.getj.solver.Statistics;
import dev.getj.solver.StopMeasure;
import dev.getj.solver.Weighting;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Recomputes the entries of a golden file, which the PyTorch reference wrote, from its parameters
 * and inputs: samples and solver statistics ({@code eval.*}), and outputs, losses, gradients, and
 * weights after AdamW and EMA ({@code train.*}, {@code train_l2.*}, {@code mem.*} with
 * recomputation, {@code phantom.*} with phantom gradients).
 */
public final class GoldenCheck {
    private static final Pattern SOLVED =
            Pattern.compile("eval\\.(?:out|z|stat)\\.(fixed_point(?:_iter)?|anderson)_(\\d+).*");

    /** What the reference's traces begin with, before the first residual. */
    private static final double BEFORE_FIRST = 1e8;

    private static final double TOLERANCE = 1e-3;

    /** The {@code phantom.*} entries: a solve of at most 10 steps, then three damped ones. */
    private static final Objective PHANTOM =
            Objective.of(
                    LossKind.L1,
                    Estimator.Phantom.at(
                            new FixedPointIteration(10, TOLERANCE, StopMeasure.ABSOLUTE, 1),
                            3,
                            0.5,
                            List.of(3)),
                    new Weighting.Exponential(0.8));

    private static final int LARGEST_BATCH = 1 << 16;
    private static final OptimizerSettings OPTIMIZER =
            OptimizerSettings.paper().withLearningRate(1e-3).withEma(0.99);

    /**
     * How far an entry is off.
     *
     * @param maxAbs largest difference
     * @param maxRel the same over the largest value of the entry
     */
    public record Difference(double maxAbs, double maxRel) {}

    private final Backend backend;
    private final SafetensorsFile golden;
    private final ModelConfig config;
    private final ParameterTable table;
    private final Precision precision;
    private final int batch;
    private final SequencedMap<String, float[]> computed = new LinkedHashMap<>();

    private GoldenCheck(Backend backend, SafetensorsFile golden, Precision precision) {
        this.backend = backend;
        this.precision = precision;
        this.golden = golden;
        this.config = WeightsFile.config(golden);
        this.table = WeightsFile.table(golden, WeightsFile.prefix(golden), config);
        long[] shape = golden.entry("in.noise").shape();
        this.batch = shape.length == 0 ? 0 : Math.clamp(shape[0], 0, LARGEST_BATCH);
    }

    /**
     * Computes every entry of {@code golden} that getj knows how to compute, in floats.
     *
     * @return values by the file's keys, in the shapes of the file
     * @throws GetjException if the file lacks parameters, inputs or its configuration, or they do
     *     not fit each other
     */
    public static SequencedMap<String, float[]> compute(Backend backend, SafetensorsFile golden) {
        return compute(backend, golden, Precision.FLOAT32);
    }

    /**
     * The same in another precision.
     *
     * @throws GetjException if the backend or the sizes of the network do not allow it, too
     */
    public static SequencedMap<String, float[]> compute(
            Backend backend, SafetensorsFile golden, Precision precision) {
        GoldenCheck check = new GoldenCheck(backend, golden, precision);
        // everything is recorded before anything runs: a device then compiles it once
        List<Runnable> checks = new ArrayList<>(check.sample());
        Objective l2 = Objective.unrolled(LossKind.L2, 6, 0.8);
        check.train("train.", Objective.paper(), false).ifPresent(checks::add);
        check.train("train_l2.", l2, false).ifPresent(checks::add);
        check.train("mem.", Objective.paper(), true).ifPresent(checks::add);
        check.train("phantom.", PHANTOM, false).ifPresent(checks::add);
        checks.forEach(Runnable::run);
        return check.computed;
    }

    /**
     * The largest error of an entry that is let pass, relative to its largest value. In floats
     * 1e-3. In mixed precision 3e-2: a bfloat16 is off by up to 2⁻⁸ of itself, 0.4 %, and eight
     * values that are rounded follow each other in a block. In tf32 4e-3, as its factors are off by
     * up to 2⁻¹¹.
     */
    public static double tolerance(Precision precision) {
        return switch (precision) {
            case FLOAT32 -> 1e-3;
            case TF32 -> 8 * 0x1p-11;
            case MIXED -> 8 * 0x1p-8;
        };
    }

    /** Differences of the computed entries to those of the file. */
    public static Map<String, Difference> compare(
            SafetensorsFile golden, Map<String, float[]> computed) {
        Map<String, Difference> differences = new TreeMap<>();
        computed.forEach(
                (key, values) -> differences.put(key, difference(golden.floats(key), values)));
        return differences;
    }

    private static Difference difference(float[] expected, float[] actual) {
        double largest = 0;
        double off = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs((double) expected[i] - actual[i]);
            // a NaN counts as infinitely wrong, unless the reference has one too
            boolean bothNaN = Float.isNaN(expected[i]) && Float.isNaN(actual[i]);
            off =
                    bothNaN
                            ? off
                            : Math.max(
                                    off,
                                    Double.isNaN(difference)
                                            ? Double.POSITIVE_INFINITY
                                            : difference);
            if (expected[i] != BEFORE_FIRST) {
                largest = Math.max(largest, Math.abs(expected[i]));
            }
        }
        return new Difference(off, largest == 0 ? off : off / largest);
    }

    /**
     * False for entries that show how far rounding carries, not whether a computation is right: on
     * random networks, which are far from contractive, it decides where Anderson acceleration goes.
     */
    public static boolean decisive(String key) {
        return !key.contains("anderson");
    }

    /** Writes computed entries under their keys, in the shapes of the golden file. */
    public static void write(SafetensorsFile golden, Map<String, float[]> computed, Path file) {
        SafetensorsWriter writer = new SafetensorsWriter();
        golden.metadata().forEach(writer::metadata);
        computed.forEach((key, values) -> writer.add(key, values, golden.entry(key).shape()));
        writer.write(file);
    }

    private Parameters parameters() {
        return read(new Parameters(backend, table));
    }

    private Parameters read(Parameters weights) {
        WeightsFile.read(golden, WeightsFile.prefix(golden), config, weights);
        return weights;
    }

    private float[] images(String name) {
        return input(name, batch, config.channels(), config.imageSize(), config.imageSize());
    }

    private float[] start() {
        return input("in.z0", batch, config.tokens(), config.width());
    }

    private float[] input(String name, long... expected) {
        requireShape(name, expected);
        float[] values = golden.floats(name);
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new GetjException(
                        "%s: %s holds %s at position %s"
                                .formatted(golden.path(), name, values[i], i));
            }
        }
        return values;
    }

    private void requireShape(String name, long... expected) {
        long[] shape = golden.entry(name).shape();
        if (batch < 1 || !Arrays.equals(shape, expected)) {
            throw new GetjException(
                    "%s: %s has shape %s, this network needs %s"
                            .formatted(
                                    golden.path(),
                                    name,
                                    Arrays.toString(shape),
                                    Arrays.toString(expected)));
        }
    }

    private int[] labels() {
        int[] labels = new int[batch];
        if (config.conditional()) {
            requireShape("in.label", batch);
            long[] values = golden.longs("in.label");
            for (int b = 0; b < batch; b++) {
                if (values[b] < 0 || values[b] >= config.classes()) {
                    throw new GetjException(
                            "%s: label %s is not a class of this network, which has 0…%s"
                                    .formatted(golden.path(), values[b], config.classes() - 1));
                }
                labels[b] = (int) values[b];
            }
        }
        return labels;
    }

    private void put(String key, float[] values) {
        if (golden.has(key) && golden.entry(key).size() == values.length) {
            computed.put(key, values);
        }
    }

    // ---- eval
    // -----------------------------------------------------------------------------------------------------

    private List<Runnable> sample() {
        Network network = new Network(backend, config, parameters(), precision);
        SamplingPass pass = new SamplingPass(network, batch);
        List<Runnable> solves = new ArrayList<>();
        solves.add(
                () -> {
                    network.round();
                    pass.noise().set(images("in.noise"));
                    pass.labels().set(labels());
                    pass.inject();
                });
        switch (pass.state()) {
            case SamplingPass.Direct(Tensor h) -> {
                Program decode = pass.decoderOf(h);
                solves.add(
                        () -> {
                            decode.run();
                            put("eval.out", pass.image().get());
                        });
            }
            case SamplingPass.Solved(FixedPointMap map) ->
                    solverSettings()
                            .forEach(
                                    (name, iterations) ->
                                            solves.add(solve(pass, map, name, iterations)));
        }
        return solves;
    }

    private Map<String, Integer> solverSettings() {
        Map<String, Integer> names = new TreeMap<>();
        for (String key : golden.names()) {
            Matcher matcher = SOLVED.matcher(key);
            if (matcher.matches()) {
                names.put(
                        matcher.group(1) + "_" + matcher.group(2),
                        Integer.valueOf(matcher.group(2)));
            }
        }
        return names;
    }

    private Runnable solve(SamplingPass pass, FixedPointMap map, String name, int iterations) {
        Solver solver =
                name.startsWith("anderson")
                        ? Anderson.of(iterations, TOLERANCE)
                        : new FixedPointIteration(iterations, TOLERANCE, StopMeasure.ABSOLUTE, 1);
        Solver.Solve solve = solver.prepare(map);
        Program decode = pass.decoderOf(solve.best());
        return () -> {
            map.state().set(start());
            Statistics statistics = solve.run();
            decode.run();
            put("eval.out." + name, pass.image().get());
            put("eval.z." + name, solve.best().get());
            String stat = "eval.stat." + name + ".";
            put(stat + "abs_lowest", floats(statistics.absoluteLowest()));
            put(stat + "rel_lowest", floats(statistics.relativeLowest()));
            put(stat + "abs_trace", trace(statistics.absolute(), solver));
            put(stat + "rel_trace", trace(statistics.relative(), solver));
            float[] steps = new float[batch];
            for (int b = 0; b < batch; b++) {
                steps[b] = statistics.bestStep()[b];
            }
            put(stat + "nstep", steps);
        };
    }

    // the reference's layout: a placeholder, the residuals without those of evaluations that only
    // start the method up, the last one repeated after an early stop
    private static float[] trace(double[][] residuals, Solver solver) {
        int entries = solver.maxIterations() - solver.startUp() + 1;
        float[] trace = new float[residuals.length * entries];
        for (int b = 0; b < residuals.length; b++) {
            trace[b * entries] = (float) BEFORE_FIRST;
            for (int k = 1; k < entries; k++) {
                int seen = Math.min(solver.startUp() + k - 1, residuals[b].length - 1);
                trace[b * entries + k] = (float) residuals[b][seen];
            }
        }
        return trace;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    // ---- train
    // ----------------------------------------------------------------------------------------------------

    private Optional<Runnable> train(String prefix, Objective objective, boolean recompute) {
        if (!golden.has(prefix + "losses")) {
            return Optional.empty();
        }
        Trained trained = Trained.allocate(backend, table);
        Parameters weights = read(trained.weights());
        Parameters gradients = new Parameters(backend, table);
        Factors factors = Factors.trained(backend, config, weights, precision);
        Optimizer optimizer = new Optimizer(backend, OPTIMIZER, trained, factors, gradients);
        optimizer.startAverage();
        TrainingPass pass =
                new TrainingPass(
                        new Network(backend, config, weights, factors),
                        gradients,
                        objective,
                        batch,
                        recompute);
        int steps = Math.toIntExact(golden.entry(prefix + "losses").size());
        return Optional.of(
                () -> {
                    factors.round();
                    pass.noise().set(images("in.noise"));
                    pass.target().set(images("in.target"));
                    pass.labels().set(labels());
                    pass.start().ifPresent(z0 -> z0.set(start()));
                    float[] losses = new float[steps];
                    for (int step = 0; step < steps; step++) {
                        pass.run();
                        losses[step] = (float) pass.objective();
                        if (step == 0) {
                            putFirst(prefix, pass, gradients);
                        }
                        optimizer.update(step + 1);
                    }
                    put(prefix + "losses", losses);
                    putAll(prefix + "after.", weights);
                    putAll(prefix + "ema.", optimizer.average());
                });
    }

    private void putFirst(String prefix, TrainingPass pass, Parameters gradients) {
        for (int k = 0; k < pass.losses().length; k++) {
            put(prefix + "out." + k, pass.image(k).get());
        }
        putAll(prefix + "grad.", gradients);
    }

    private void putAll(String prefix, Parameters parameters) {
        for (ParameterTable.Entry entry : table.entries()) {
            Tensor tensor = parameters.tensor(entry.name());
            put(prefix + entry.name(), tensor.get());
        }
    }
}
