package dev.getj.model;

import dev.getj.kernels.reference.Gelu;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Initial weights of a student that is to begin with what its teacher knows: the teacher's blocks,
 * at the one noise level that a student sees.
 *
 * <p>A denoiser's estimate is {@code c_skip x + c_out F(c_in x; c_noise)} with {@code x = σ n} for
 * noise n. At the highest level c_skip is next to nothing, and c_noise is a constant: what F embeds
 * of it goes to the qkv biases of its blocks, σ c_in to the patch embedding and c_out to the last
 * layer. A ViT of the teacher's size then is that estimate, of the mean image; a GET has the first
 * blocks before its equilibrium and the next ones in it, as many as there are.
 */
public final class DenoiserStart {
    /**
     * The level that the student's noise is taken for.
     *
     * @param input σ c_in, of the noise
     * @param output c_out
     */
    public record Level(double input, double output, double cNoise) {}

    private static final List<String> SAME =
            List.of(
                    "norm1.weight",
                    "norm1.bias",
                    "attn.qkv.weight",
                    "attn.qkv.bias",
                    "attn.proj.weight",
                    "attn.proj.bias",
                    "norm2.weight",
                    "norm2.bias",
                    "mlp.fc1.weight",
                    "mlp.fc1.bias",
                    "mlp.fc2.weight",
                    "mlp.fc2.bias");

    private static final String CLASSES = "y_embedder.embedding_table.weight";

    private DenoiserStart() {}

    /**
     * Overwrites what the teacher has, and leaves the rest as it is.
     *
     * @param weights of a {@code student}, initialised
     * @param teacher size of the denoiser
     * @param parameters of the denoiser, by name
     * @throws IllegalArgumentException if the student's tokens are not the teacher's, saying which
     *     size differs
     */
    public static void fill(
            ModelConfig student,
            Parameters weights,
            ModelConfig teacher,
            Function<String, float[]> parameters,
            Level level) {
        requireSame("image size", student.imageSize(), teacher.imageSize());
        requireSame("channels", student.channels(), teacher.channels());
        requireSame("patch", student.patch(), teacher.patch());
        requireSame("width", student.width(), teacher.width());
        requireSame("heads", student.heads(), teacher.heads());
        requireSame("classes", student.classes(), teacher.classes());
        copy(weights, "x_embedder.proj.weight", parameters, level.input);
        copy(weights, "x_embedder.proj.bias", parameters, 1);
        if (student.conditional()) {
            copyClasses(weights, parameters);
        }
        float[] embedded = embedded(teacher, parameters, level.cNoise);
        int taken = 0;
        for (String block : blocks(student)) {
            if (taken < teacher.blocks().depth()) {
                copyBlock(weights, block, "blocks." + taken + ".", parameters, embedded);
                taken++;
            }
        }
        copy(weights, "final_layer.norm_final.weight", parameters, 1);
        copy(weights, "final_layer.norm_final.bias", parameters, 1);
        copy(weights, "final_layer.linear.weight", parameters, level.output);
        copy(weights, "final_layer.linear.bias", parameters, level.output);
    }

    private static void requireSame(String what, int student, int teacher) {
        if (student != teacher) {
            throw new IllegalArgumentException(
                    "a student that begins as its teacher has the same %s: the teacher's is %s, not %s"
                            .formatted(what, teacher, student));
        }
    }

    private static List<String> blocks(ModelConfig student) {
        List<String> blocks = new ArrayList<>();
        for (int i = 0; i < student.blocks().depth(); i++) {
            blocks.add("blocks." + i + ".");
        }
        for (int i = 0; i < student.kind().blocks().depth(); i++) {
            blocks.add("deq_blocks." + i + ".");
        }
        return blocks;
    }

    // a block whose MLP has another width keeps its own
    private static void copyBlock(
            Parameters weights,
            String block,
            String from,
            Function<String, float[]> parameters,
            float[] embedded) {
        for (String name : SAME) {
            float[] values = parameters.apply(from + name).clone();
            if (name.equals("attn.qkv.bias")) {
                for (int i = 0; i < values.length; i++) {
                    values[i] += embedded[i];
                }
            }
            if (weights.tensor(block + name).size() == values.length) {
                weights.tensor(block + name).set(values);
            }
        }
    }

    // a null class that the teacher lacks keeps what was drawn
    private static void copyClasses(Parameters weights, Function<String, float[]> parameters) {
        Tensor rows = weights.tensor(CLASSES);
        float[] values = rows.get();
        float[] known = parameters.apply(CLASSES);
        System.arraycopy(known, 0, values, 0, Math.min(known.length, values.length));
        rows.set(values);
    }

    private static void copy(
            Parameters weights, String name, Function<String, float[]> parameters, double factor) {
        float[] values = parameters.apply(name).clone();
        for (int i = 0; i < values.length; i++) {
            values[i] *= (float) factor;
        }
        weights.tensor(name).set(values);
    }

    // fc2(gelu(fc1(features))), [3D]
    private static float[] embedded(
            ModelConfig teacher, Function<String, float[]> parameters, double cNoise) {
        float[] features = new float[NoiseEmbedding.FEATURES];
        NoiseEmbedding.features(cNoise, features, 0);
        double[] input = new double[features.length];
        for (int i = 0; i < input.length; i++) {
            input[i] = features[i];
        }
        double[] hidden = linear(input, teacher.width(), parameters, NoiseEmbedding.FC1);
        for (int i = 0; i < hidden.length; i++) {
            hidden[i] = Gelu.value(hidden[i]);
        }
        double[] sum = linear(hidden, 3 * teacher.width(), parameters, NoiseEmbedding.FC2);
        float[] embedded = new float[sum.length];
        for (int i = 0; i < sum.length; i++) {
            embedded[i] = (float) sum[i];
        }
        return embedded;
    }

    private static double[] linear(
            double[] x, int outputs, Function<String, float[]> parameters, String name) {
        float[] weight = parameters.apply(name + ".weight");
        float[] bias = parameters.apply(name + ".bias");
        double[] y = new double[outputs];
        for (int o = 0; o < outputs; o++) {
            y[o] = bias[o];
            for (int i = 0; i < x.length; i++) {
                y[o] += (double) weight[o * x.length + i] * x[i];
            }
        }
        return y;
    }
}
