package dev.getj.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each parameter of a network lies in a flat tensor, under the names of the PyTorch
 * reference. Trained parameters come first; the fixed positional embedding is last, so that the
 * optimiser runs over one prefix.
 */
public final class ParameterTable {
    /** The fixed positional embedding, [1, N, D]: the one parameter that is never trained. */
    public static final String POSITION = "pos_embed";

    /**
     * One parameter.
     *
     * @param offset position of its first element
     * @param shape as in the reference; linear weights are [out, in]
     */
    public record Entry(String name, int offset, List<Integer> shape) {
        public int size() {
            return shape.stream().reduce(1, Math::multiplyExact);
        }

        int[] dimensions() {
            return shape.stream().mapToInt(Integer::intValue).toArray();
        }
    }

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private int size;

    /**
     * @throws IllegalArgumentException if the network has more parameters than one array holds (2³¹
     *     − 17)
     */
    public ParameterTable(ModelConfig config) {
        this(config, false);
    }

    private ParameterTable(ModelConfig config, boolean noiseLevels) {
        try {
            build(config, noiseLevels);
        } catch (ArithmeticException overflow) {
            throw new IllegalArgumentException(
                    "the network has more than 2^31 parameters: " + config.describe());
        }
    }

    private ParameterTable() {}

    /**
     * The parameters of a ViT conditioned on a noise level, see {@link DenoiserPass}.
     *
     * @throws IllegalArgumentException if there are more than one array holds
     */
    public static ParameterTable denoiser(ModelConfig config) {
        return new ParameterTable(config, true);
    }

    /**
     * The parameters of fully connected layers {@code fc1}, {@code fc2}, …, all of them trained.
     *
     * @param widths of the input and of each layer
     * @throws IllegalArgumentException if there are more than one array holds
     */
    public static ParameterTable layers(int... widths) {
        ParameterTable table = new ParameterTable();
        try {
            for (int i = 1; i < widths.length; i++) {
                table.add("fc" + i + ".weight", widths[i], widths[i - 1]);
                table.add("fc" + i + ".bias", widths[i]);
            }
        } catch (ArithmeticException overflow) {
            throw new IllegalArgumentException(
                    "layers of widths %s have more than 2^31 parameters"
                            .formatted(Arrays.toString(widths)));
        }
        return table;
    }

    private void build(ModelConfig config, boolean noiseLevels) {
        int width = config.width();
        add("x_embedder.proj.weight", width, config.channels(), config.patch(), config.patch());
        add("x_embedder.proj.bias", width);
        if (config.conditional()) {
            add("y_embedder.embedding_table.weight", config.images().embeddings(), 3 * width);
        }
        if (noiseLevels) {
            add(NoiseEmbedding.FC1 + ".weight", width, NoiseEmbedding.FEATURES);
            add(NoiseEmbedding.FC1 + ".bias", width);
            add(NoiseEmbedding.FC2 + ".weight", 3 * width, width);
            add(NoiseEmbedding.FC2 + ".bias", 3 * width);
        }
        for (int i = 0; i < config.blocks().depth(); i++) {
            addBlock("blocks." + i + ".", width, config.blocks().hidden(width));
        }
        if (config.kind() instanceof ModelConfig.Get(ModelConfig.Stack equilibrium, var norm)) {
            add("qkv_inj.weight", 3 * width * equilibrium.depth(), width);
            for (int i = 0; i < equilibrium.depth(); i++) {
                addBlock("deq_blocks." + i + ".", width, equilibrium.hidden(width));
            }
            if (norm == ModelConfig.Norm.POST) {
                add(StateNorm.NAME + ".weight", width);
                add(StateNorm.NAME + ".bias", width);
            }
        }
        add("final_layer.norm_final.weight", width);
        add("final_layer.norm_final.bias", width);
        add("final_layer.linear.weight", config.patchFeatures(), width);
        add("final_layer.linear.bias", config.patchFeatures());
        add(POSITION, 1, config.tokens(), width);
    }

    private void addBlock(String prefix, int width, int hidden) {
        add(prefix + "norm1.weight", width);
        add(prefix + "norm1.bias", width);
        add(prefix + "attn.qkv.weight", 3 * width, width);
        add(prefix + "attn.qkv.bias", 3 * width);
        add(prefix + "attn.proj.weight", width, width);
        add(prefix + "attn.proj.bias", width);
        add(prefix + "norm2.weight", width);
        add(prefix + "norm2.bias", width);
        add(prefix + "mlp.fc1.weight", hidden, width);
        add(prefix + "mlp.fc1.bias", hidden);
        add(prefix + "mlp.fc2.weight", width, hidden);
        add(prefix + "mlp.fc2.bias", width);
    }

    private void add(String name, int... shape) {
        List<Integer> dimensions = new ArrayList<>();
        for (int dimension : shape) {
            dimensions.add(dimension);
        }
        Entry entry = new Entry(name, size, List.copyOf(dimensions));
        entries.put(name, entry);
        size = Math.addExact(size, entry.size());
        if (size > Integer.MAX_VALUE - 16) {
            throw new ArithmeticException();
        }
    }

    /** All parameters in the order of their offsets. */
    public List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    /** The trained parameters: all but the positional embedding. */
    public List<Entry> trainedEntries() {
        return entries.values().stream().filter(entry -> !entry.name().equals(POSITION)).toList();
    }

    /**
     * @throws IllegalArgumentException if the network has no such parameter
     */
    public Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("the network has no parameter " + name);
        }
        return entry;
    }

    /** Number of parameters, the positional embedding included. */
    public int size() {
        return size;
    }

    /** Number of trained parameters: the prefix in front of the positional embedding. */
    public int trainedSize() {
        Entry position = entries.get(POSITION);
        return position == null ? size : position.offset();
    }
}
