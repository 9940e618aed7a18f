package dev.getj.bench;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.op.Cost;
import dev.getj.kernels.op.Operation;
import dev.getj.model.Presets;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every kernel at a network's shapes, by JMH, against the roofs. */
final class KernelTable {
    /** JMH's name for the bytes that an operation allocates. */
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    /**
     * A kernel's figures.
     *
     * @param ofRoof share of what arithmetic or memory allow at the median, whichever is less;
     *     above 1 where operands stay in a cache
     * @param allocated bytes that an operation allocates
     */
    record Line(
            String kernel,
            double medianMs,
            double bestMs,
            double gflops,
            double gbps,
            double ofRoof,
            double allocated) {}

    /**
     * How JMH measures.
     *
     * @param forks Java processes for each kernel
     * @param seconds of warm-up and of measurement in each
     */
    record Effort(int forks, double seconds) {}

    private final String model;
    private final int batch;
    private final Roofs roofs;

    KernelTable(String model, int batch, Roofs roofs) {
        this.model = model;
        this.batch = batch;
        this.roofs = roofs;
    }

    /** The names of all kernels. */
    static Set<String> names() {
        try (Backend backend = Backends.jvm(1)) {
            return NetworkOperations.of(backend, Presets.byName("GET-T/2"), 1).keySet();
        }
    }

    /**
     * Measures, in processes with the options of this one.
     *
     * @throws RunnerException if JMH cannot
     */
    List<Line> measure(List<String> kernels, Effort effort) throws RunnerException {
        Map<String, Cost> costs = costs(kernels);
        TimeValue second = TimeValue.milliseconds(Math.max(1, Math.round(1e3 * effort.seconds)));
        List<Line> lines = new ArrayList<>();
        for (RunResult result :
                new Runner(
                                new OptionsBuilder()
                                        .include(
                                                KernelBenchmark.class.getName().replace(".", "\\.")
                                                        + "\\.launch")
                                        .param("kernel", kernels.toArray(String[]::new))
                                        .param("model", model)
                                        .param("batch", Integer.toString(batch))
                                        .param("threads", Integer.toString(roofs.threads()))
                                        .forks(effort.forks)
                                        .warmupIterations(1)
                                        .warmupTime(second)
                                        .measurementIterations(1)
                                        .measurementTime(second)
                                        .addProfiler(GCProfiler.class)
                                        .verbosity(VerboseMode.SILENT)
                                        .shouldFailOnError(true)
                                        .build())
                        .run()) {
            lines.add(line(result, costs.get(result.getParams().getParam("kernel"))));
        }
        return lines;
    }

    private Line line(RunResult result, Cost cost) {
        var times = result.getPrimaryResult().getStatistics();
        double median = times.getPercentile(50);
        double seconds = median * 1e-3;
        Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
        return new Line(
                result.getParams().getParam("kernel"),
                median,
                times.getMin(),
                cost.flops() / seconds * 1e-9,
                cost.bytes() / seconds * 1e-9,
                cost.ofRoof(seconds, roofs.gflops() * 1e9, roofs.gbps() * 1e9),
                allocated == null ? Double.NaN : allocated.getScore());
    }

    private Map<String, Cost> costs(List<String> kernels) {
        Map<String, Cost> costs = new HashMap<>();
        try (Backend backend = Backends.jvm(1)) {
            Map<String, Operation> operations =
                    NetworkOperations.of(backend, Presets.byName(model), batch);
            kernels.forEach(kernel -> costs.put(kernel, operations.get(kernel).cost()));
        }
        return costs;
    }
}
