package dev.getj.onnx;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.model.ConfigJson;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.WeightsFile;
import dev.getj.sample.Sampler;
import dev.getj.sample.WeightsLocation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Writes a sampler as an ONNX model: noise, z₀ and label in, image out, the iterations unrolled.
 *
 * <ul>
 *   <li>{@code noise}: float [batch, C, S, S]
 *   <li>{@code z0}: float [batch, N, D]; not with a ViT or a GET that starts at its injection
 *   <li>{@code label}: int64 [batch]; conditional networks only
 *   <li>{@code image}: float [batch, C, S, S], not clamped
 * </ul>
 *
 * <p>As in {@link Sampler}, each sample's image is decoded from its iterate of lowest residual.
 *
 * @param config the network
 * @param iterations applications of the equilibrium map, 0 for a ViT
 * @param bytes of the file
 */
public record OnnxExport(ModelConfig config, int iterations, long bytes) {
    public static final String NOISE = "noise";
    public static final String START = "z0";
    public static final String LABEL = "label";
    public static final String IMAGE = "image";

    /** Applications of the equilibrium map that are unrolled at most: each adds its operations. */
    public static final int MOST_ITERATIONS = 1000;

    /** As {@link #write(ModelConfig, Function, int, Path)}, with weights that are in memory. */
    public static OnnxExport write(
            ModelConfig config, Parameters weights, int iterations, Path file) {
        return write(config, entry -> weights.tensor(entry.name()).get(), iterations, file);
    }

    /**
     * As {@link #write(ModelConfig, Function, int, Path)}, with the weights that {@link
     * Sampler#load} would take.
     *
     * @throws GetjException if there are no such weights, they are damaged, or the model would
     *     exceed 2 GB
     */
    public static OnnxExport write(WeightsLocation weights, int iterations, Path file) {
        try (SafetensorsFile opened = weights.open(WeightsLocation.Network.STUDENT);
                Backend backend = Backends.jvm(1)) {
            ModelConfig config = WeightsFile.config(opened);
            String prefix = WeightsFile.prefix(opened);
            ParameterTable table = WeightsFile.table(opened, prefix, config);
            // before the weights are read
            graph(config, _ -> null, iterations).requireFits(file);
            Parameters parameters = new Parameters(backend, table);
            WeightsFile.read(opened, prefix, config, parameters);
            return write(config, parameters, iterations, file);
        }
    }

    /**
     * Writes the model, completely or not at all.
     *
     * @param weights the values of a parameter, in the order of its shape; asked once for each
     *     while the file is written
     * @param iterations 1…{@link #MOST_ITERATIONS}; not read for a ViT
     * @throws GetjException if the model would exceed 2 GB, or the file cannot be written
     */
    public static OnnxExport write(
            ModelConfig config,
            Function<ParameterTable.Entry, float[]> weights,
            int iterations,
            Path file) {
        OnnxGraph graph = graph(config, weights, iterations);
        return new OnnxExport(config, unrolled(config, iterations), graph.write(file));
    }

    private static OnnxGraph graph(
            ModelConfig config, Function<ParameterTable.Entry, float[]> weights, int iterations) {
        requireIterations(iterations);
        int unrolled = unrolled(config, iterations);
        OnnxGraph graph = new OnnxGraph(config.name());
        graph.metadata("config", ConfigJson.write(config));
        graph.metadata("iterations", Integer.toString(unrolled));
        build(graph, new SamplerGraph(graph, config, weights), config, unrolled);
        return graph;
    }

    private static int unrolled(ModelConfig config, int iterations) {
        return config.kind() instanceof ModelConfig.Get ? iterations : 0;
    }

    private static void requireIterations(int iterations) {
        if (iterations < 1 || iterations > MOST_ITERATIONS) {
            throw new IllegalArgumentException(
                    "an export has 1 to %s iterations, not %s"
                            .formatted(MOST_ITERATIONS, iterations));
        }
    }

    private static void build(
            OnnxGraph graph, SamplerGraph layers, ModelConfig config, int iterations) {
        int[] images = {OnnxGraph.BATCH, config.channels(), config.imageSize(), config.imageSize()};
        String noise = graph.input(NOISE, OnnxGraph.Type.FLOAT, images);
        int[] state = {OnnxGraph.BATCH, config.tokens(), config.width()};
        Optional<String> start =
                config.takesStart()
                        ? Optional.of(graph.input(START, OnnxGraph.Type.FLOAT, state))
                        : Optional.empty();
        Optional<String> c =
                config.conditional()
                        ? Optional.of(
                                layers.condition(
                                        graph.input(LABEL, OnnxGraph.Type.INT64, OnnxGraph.BATCH)))
                        : Optional.empty();
        String h = layers.embed(noise);
        for (int i = 0; i < config.blocks().depth(); i++) {
            String prefix = "blocks." + i + ".";
            h = layers.block(prefix, h, layers.injected(prefix, c, Optional.empty()));
        }
        String z =
                config.kind() instanceof ModelConfig.Get
                        ? equilibrium(
                                graph, layers, c, layers.injections(h), start.orElse(h), iterations)
                        : h;
        graph.output(graph.rename(layers.decode(z), IMAGE), OnnxGraph.Type.FLOAT, images);
    }

    // the iterate of lowest residual, as FixedPointIteration returns it
    private static String equilibrium(
            OnnxGraph graph,
            SamplerGraph layers,
            Optional<String> c,
            List<String> u,
            String start,
            int iterations) {
        List<String> injected = new ArrayList<>();
        for (int m = 0; m < u.size(); m++) {
            injected.add(layers.injected("deq_blocks." + m + ".", c, Optional.of(u.get(m))));
        }
        String z = start;
        String best = start;
        String lowest = graph.scalar(Float.MAX_VALUE);
        for (int k = 0; k < iterations; k++) {
            String next = z;
            for (int m = 0; m < u.size(); m++) {
                next = layers.block("deq_blocks." + m + ".", next, injected.get(m));
            }
            next = layers.stateNorm(next);
            String residual =
                    graph.node(
                            "ReduceL2",
                            Map.of("axes", new long[] {1, 2}, "keepdims", 1L),
                            graph.node("Sub", next, z));
            // false where the residual is not a number
            String lower = graph.node("Less", residual, lowest);
            best = graph.node("Where", lower, next, best);
            lowest = graph.node("Where", lower, residual, lowest);
            z = next;
        }
        return best;
    }
}
