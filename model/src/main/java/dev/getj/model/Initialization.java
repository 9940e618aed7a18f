package dev.getj.model;

import dev.getj.kernels.tensor.Philox;
import dev.getj.kernels.tensor.Tensor;

import java.util.Arrays;

/**
 * Initial weights as in the reference: Xavier uniform for every linear layer and for the patch
 * convolution, flattened to [D, C·p·p]; biases 0; LayerNorm 1 and 0; class table N(0, 0.02²); final
 * linear layer 0; fixed sin-cos positions. A network that starts at its injection, which the
 * reference does not have, injects nothing at first: W_u is 0, and the state brings what is known.
 */
public final class Initialization {
    private static final double CLASS_DEVIATION = 0.02;

    private Initialization() {}

    /**
     * Fills {@code weights} for a network of size {@code config}; the same seed always gives the
     * same weights.
     */
    public static void initialize(ModelConfig config, Parameters weights, long seed) {
        int index = 0;
        for (ParameterTable.Entry entry : weights.table().entries()) {
            weights.tensor(entry.name()).set(values(config, entry, seed, index++));
        }
    }

    /** The same for plain layers, see {@link ParameterTable#layers}: Xavier uniform, biases 0. */
    public static void initializeLayers(Parameters weights, long seed) {
        int index = 0;
        for (ParameterTable.Entry entry : weights.table().entries()) {
            float[] values = new float[entry.size()];
            if (!entry.name().endsWith("bias")) {
                xavier(values, entry, uniform(values.length, seed, index));
            }
            weights.tensor(entry.name()).set(values);
            index++;
        }
    }

    private static void xavier(float[] values, ParameterTable.Entry entry, double[] uniform) {
        int outputs = entry.shape().getFirst();
        int inputs = values.length / outputs;
        double bound = Math.sqrt(6.0 / (inputs + outputs));
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((2 * uniform[i] - 1) * bound);
        }
    }

    private static float[] values(
            ModelConfig config, ParameterTable.Entry entry, long seed, int index) {
        String name = entry.name();
        float[] values = new float[entry.size()];
        if (name.equals(ParameterTable.POSITION)) {
            return positions(config);
        }
        boolean silent =
                name.equals(Injection.WEIGHT)
                        && config.kind().start() == ModelConfig.Start.INJECTION;
        if (name.startsWith("final_layer.linear") || name.endsWith("bias") || silent) {
            return values;
        }
        if (name.contains("norm")) {
            Arrays.fill(values, 1);
            return values;
        }
        double[] uniform = uniform(values.length, seed, index);
        if (name.startsWith("y_embedder")) {
            for (int i = 0; i < values.length; i++) {
                double radius = Math.sqrt(-2 * Math.log(uniform[i]));
                double angle = 2 * Math.PI * uniform[values.length + i];
                values[i] = (float) (CLASS_DEVIATION * radius * Math.cos(angle));
            }
            return values;
        }
        xavier(values, entry, uniform);
        return values;
    }

    // 2·count uniform variates in (0, 1] that depend on seed and parameter alone
    private static double[] uniform(int count, long seed, int parameter) {
        double[] uniform = new double[2 * count];
        int[] words = new int[4];
        for (int i = 0; i < uniform.length; i++) {
            if (i % 4 == 0) {
                Philox.generate(
                        i / 4,
                        parameter,
                        0,
                        NoiseStream.WEIGHTS.ordinal(),
                        (int) seed,
                        (int) (seed >>> 32),
                        words);
            }
            uniform[i] = Philox.uniform(words[i % 4]);
        }
        return uniform;
    }

    /**
     * The fixed 2-D sin-cos embedding, [N, D]: the first half of the features encodes the column,
     * the second the row; each half is {@code [sin | cos]} of {@code pos · 10000^(−i/(D/4))}.
     */
    static float[] positions(ModelConfig config) {
        int grid = config.imageSize() / config.patch();
        int width = config.width();
        int quarter = width / 4;
        float[] values = new float[config.tokens() * width];
        for (int token = 0; token < config.tokens(); token++) {
            for (int half = 0; half < 2; half++) {
                int position = half == 0 ? token % grid : token / grid;
                for (int i = 0; i < quarter; i++) {
                    double angle = position * Math.pow(10000, -(double) i / quarter);
                    int at = token * width + half * 2 * quarter + i;
                    values[at] = (float) Math.sin(angle);
                    values[at + quarter] = (float) Math.cos(angle);
                }
            }
        }
        return values;
    }

    /** Fills the positional embedding alone: for weights files that leave it out. */
    public static void initializePositions(ModelConfig config, Parameters weights) {
        Tensor position = weights.tensor(ParameterTable.POSITION);
        position.set(positions(config));
    }
}
