package dev.getj.onnx;

import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Adds a network's layers to a graph. Weights keep their names and are added when they are first
 * used; those of linear layers are transposed to [in, out], as MatMul wants them.
 */
final class SamplerGraph {
    private static final float NORM_EPSILON = 1e-6f;

    private final ModelConfig config;
    private final ParameterTable table;
    private final Function<ParameterTable.Entry, float[]> weights;
    private final OnnxGraph graph;
    private final Set<String> added = new HashSet<>();

    SamplerGraph(
            OnnxGraph graph, ModelConfig config, Function<ParameterTable.Entry, float[]> weights) {
        this.graph = graph;
        this.config = config;
        this.table = new ParameterTable(config);
        this.weights = weights;
    }

    // noise is [B, C, S, S]; h is [B, N, D]
    String embed(String noise) {
        long p = config.patch();
        String patches =
                graph.node(
                        "Conv",
                        Map.of("kernel_shape", new long[] {p, p}, "strides", new long[] {p, p}),
                        noise,
                        weight("x_embedder.proj.weight"),
                        weight("x_embedder.proj.bias"));
        String columns =
                graph.node("Reshape", patches, graph.integers(0, config.width(), config.tokens()));
        return graph.node("Add", transpose(columns, 0, 2, 1), weight(ParameterTable.POSITION));
    }

    // label is [B]; c is [B, 1, 3D]
    String condition(String label) {
        String rows = graph.node("Gather", weight("y_embedder.embedding_table.weight"), label);
        return graph.node("Unsqueeze", rows, graph.integers(1));
    }

    // h is [B, N, D]; each of u₁ … u_M is [B, N, 3D]
    List<String> injections(String h) {
        String u = graph.node("MatMul", h, transposed("qkv_inj.weight"));
        int blocks = config.kind().blocks().depth();
        return blocks == 1 ? List.of(u) : split(u, blocks);
    }

    // what a block adds to its qkv: its bias, c [B, 1, 3D] and u [B, N, 3D], if there are such; the
    // same in every iteration
    String injected(String prefix, Optional<String> c, Optional<String> u) {
        String bias = weight(prefix + "attn.qkv.bias");
        String sum = c.map(it -> graph.node("Add", it, bias)).orElse(bias);
        return u.map(it -> graph.node("Add", it, sum)).orElse(sum);
    }

    // x is [B, N, D], injected as above; the result is [B, N, D]
    String block(String prefix, String x, String injected) {
        String product =
                graph.node(
                        "MatMul",
                        norm(x, prefix + "norm1"),
                        transposed(prefix + "attn.qkv.weight"));
        String attended = attention(graph.node("Add", product, injected));
        String middle = graph.node("Add", x, linear(attended, prefix + "attn.proj"));
        String hidden = gelu(linear(norm(middle, prefix + "norm2"), prefix + "mlp.fc1"));
        return graph.node("Add", middle, linear(hidden, prefix + "mlp.fc2"));
    }

    // qkv is [B, N, 3D], the result [B, N, D]
    private String attention(String qkv) {
        int d = config.width() / config.heads();
        List<String> parts = split(qkv, 3);
        String shape = graph.integers(0, config.tokens(), config.heads(), d);
        String q = transpose(graph.node("Reshape", parts.get(0), shape), 0, 2, 1, 3);
        String k = transpose(graph.node("Reshape", parts.get(1), shape), 0, 2, 3, 1);
        String v = transpose(graph.node("Reshape", parts.get(2), shape), 0, 2, 1, 3);
        String scale = graph.scalar((float) (1 / Math.sqrt(d)));
        String scores = graph.node("Mul", graph.node("MatMul", q, k), scale);
        String shares = graph.node("Softmax", Map.of("axis", -1L), scores);
        String heads = transpose(graph.node("MatMul", shares, v), 0, 2, 1, 3);
        return graph.node("Reshape", heads, graph.integers(0, config.tokens(), config.width()));
    }

    // x/2 · (1 + erf(x/√2)), in the form that ONNX Runtime makes one operation of
    private String gelu(String x) {
        String scaled = graph.node("Div", x, graph.scalar((float) Math.sqrt(2)));
        String sum = graph.node("Add", graph.node("Erf", scaled), graph.scalar(1));
        return graph.node("Mul", graph.node("Mul", x, sum), graph.scalar(0.5f));
    }

    // what the blocks of the equilibrium map leave, normalised if it is
    String stateNorm(String z) {
        return switch (config.kind().norm()) {
            case PRE -> z;
            case POST -> norm(z, "deq_norm");
        };
    }

    // z is [B, N, D]; the image is [B, C, S, S]
    String decode(String z) {
        int side = config.imageSize() / config.patch();
        int p = config.patch();
        String features = linear(norm(z, "final_layer.norm_final"), "final_layer.linear");
        String cells =
                graph.node(
                        "Reshape",
                        features,
                        graph.integers(0, side, side, p, p, config.channels()));
        return graph.node(
                "Reshape",
                transpose(cells, 0, 5, 1, 3, 2, 4),
                graph.integers(0, config.channels(), config.imageSize(), config.imageSize()));
    }

    private String norm(String x, String name) {
        return graph.node(
                "LayerNormalization",
                Map.of("axis", -1L, "epsilon", NORM_EPSILON),
                x,
                weight(name + ".weight"),
                weight(name + ".bias"));
    }

    private String linear(String x, String name) {
        String product = graph.node("MatMul", x, transposed(name + ".weight"));
        return graph.node("Add", product, weight(name + ".bias"));
    }

    private String transpose(String x, long... permutation) {
        return graph.node("Transpose", Map.of("perm", permutation), x);
    }

    private List<String> split(String x, int parts) {
        return graph.nodes("Split", parts, Map.of("axis", -1L), x);
    }

    private String weight(String name) {
        ParameterTable.Entry entry = table.entry(name);
        if (added.add(name)) {
            int[] shape = entry.shape().stream().mapToInt(Integer::intValue).toArray();
            graph.tensor(name, () -> weights.apply(entry), shape);
        }
        return name;
    }

    private String transposed(String name) {
        ParameterTable.Entry entry = table.entry(name);
        if (added.add(name)) {
            int out = entry.shape().get(0);
            int in = entry.shape().get(1);
            graph.tensor(name, () -> transpose(weights.apply(entry), out, in), in, out);
        }
        return name;
    }

    private static float[] transpose(float[] matrix, int rows, int columns) {
        float[] transposed = new float[matrix.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * rows + row] = matrix[row * columns + column];
            }
        }
        return transposed;
    }
}
