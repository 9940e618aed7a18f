package dev.getj.bench;

import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;

import java.util.Locale;

/**
 * An unconditional GET as TorchScript, in the form of the sources inside a file that {@code
 * torch.jit.save} writes: the operations that PyTorch's own modules call, attention as {@code
 * scaled_dot_product_attention}, the iterations unrolled, each sample's image decoded from its
 * iterate of lowest residual.
 */
final class TorchScript {
    /** The class of the module. */
    static final String CLASS = "Get";

    private final ModelConfig config;
    private final StringBuilder source = new StringBuilder();
    private int variables;

    private TorchScript(ModelConfig config) {
        this.config = config;
    }

    /** The attribute that holds a parameter. */
    static String attribute(String parameter) {
        return parameter.replace('.', '_');
    }

    /**
     * The source of a module whose {@code forward(noise [B, C, S, S], z0 [B, N, D])} returns the
     * image [B, C, S, S].
     *
     * @throws IllegalArgumentException for a network with classes or without equilibrium
     */
    static String source(ModelConfig config, int iterations) {
        if (config.conditional() || config.kind() instanceof ModelConfig.Vit) {
            throw new IllegalArgumentException(
                    "only unconditional GETs are written: " + config.describe());
        }
        return new TorchScript(config).module(iterations);
    }

    private String module(int iterations) {
        source.append("class ").append(CLASS).append("(Module):\n");
        source.append("  __parameters__ = []\n  __buffers__ = []\n  training : bool\n");
        for (ParameterTable.Entry entry : new ParameterTable(config).entries()) {
            source.append("  ").append(attribute(entry.name())).append(" : Tensor\n");
        }
        source.append("  def forward(self: __torch__.").append(CLASS).append(",\n");
        source.append("    noise: Tensor,\n    z0: Tensor) -> Tensor:\n");
        String h = embed("noise");
        for (int i = 0; i < config.blocks().depth(); i++) {
            h = block("blocks." + i + ".", h, null);
        }
        String image = decode(equilibrium(h, iterations));
        source.append("    return ").append(image).append('\n');
        return source.toString();
    }

    // noise is [B, C, S, S]; h is [B, N, D]
    private String embed(String noise) {
        int p = config.patch();
        String patches =
                let(
                        "torch.conv2d(%s, %s, %s, [%d, %d])",
                        noise,
                        parameter("x_embedder.proj.weight"),
                        parameter("x_embedder.proj.bias"),
                        p,
                        p);
        return let(
                "torch.add(torch.transpose(torch.flatten(%s, 2, -1), 1, 2), %s)",
                patches, parameter(ParameterTable.POSITION));
    }

    // h is [B, N, D]; the iterate of lowest residual, [B, N, D]
    private String equilibrium(String h, int iterations) {
        String all = let("torch.linear(%s, %s)", h, parameter("qkv_inj.weight"));
        int blocks = config.kind().blocks().depth();
        String[] u = new String[blocks];
        for (int m = 0; m < blocks; m++) {
            int width = 3 * config.width();
            u[m] = let("torch.narrow(%s, -1, %d, %d)", all, m * width, width);
        }
        String z = "z0";
        String best = null;
        String lowest = null;
        for (int k = 0; k < iterations; k++) {
            String next = z;
            for (int m = 0; m < blocks; m++) {
                next = block("deq_blocks." + m + ".", next, u[m]);
            }
            String residual = let("torch.norm(torch.sub(%s, %s), 2, [1, 2], True)", next, z);
            if (best == null) {
                best = next;
                lowest = residual;
            } else {
                String lower = let("torch.lt(%s, %s)", residual, lowest);
                best = let("torch.where(%s, %s, %s)", lower, next, best);
                lowest = let("torch.where(%s, %s, %s)", lower, residual, lowest);
            }
            z = next;
        }
        return best;
    }

    // x is [B, N, D], u [B, N, 3D] or null; the result is [B, N, D]
    private String block(String prefix, String x, String u) {
        String qkv = linear(norm(x, prefix + "norm1"), prefix + "attn.qkv");
        String attended = attention(u == null ? qkv : let("torch.add(%s, %s)", qkv, u));
        String middle = let("torch.add(%s, %s)", x, linear(attended, prefix + "attn.proj"));
        String hidden = linear(norm(middle, prefix + "norm2"), prefix + "mlp.fc1");
        String activated = let("torch.gelu(%s)", hidden);
        return let("torch.add(%s, %s)", middle, linear(activated, prefix + "mlp.fc2"));
    }

    // qkv is [B, N, 3D], the result [B, N, D]
    private String attention(String qkv) {
        int d = config.width() / config.heads();
        String heads =
                let(
                        "torch.permute(torch.reshape(%s, [-1, %d, 3, %d, %d]), [2, 0, 3, 1, 4])",
                        qkv, config.tokens(), config.heads(), d);
        String attended =
                let(
                        "torch.scaled_dot_product_attention(torch.select(%s, 0, 0),"
                                + " torch.select(%s, 0, 1), torch.select(%s, 0, 2))",
                        heads, heads, heads);
        return let(
                "torch.reshape(torch.transpose(%s, 1, 2), [-1, %d, %d])",
                attended, config.tokens(), config.width());
    }

    // z is [B, N, D]; the image is [B, C, S, S]
    private String decode(String z) {
        int side = config.imageSize() / config.patch();
        int p = config.patch();
        String features = linear(norm(z, "final_layer.norm_final"), "final_layer.linear");
        String cells =
                let(
                        "torch.permute(torch.reshape(%s, [-1, %d, %d, %d, %d, %d]),"
                                + " [0, 5, 1, 3, 2, 4])",
                        features, side, side, p, p, config.channels());
        return let(
                "torch.reshape(%s, [-1, %d, %d, %d])",
                cells, config.channels(), config.imageSize(), config.imageSize());
    }

    private String norm(String x, String name) {
        return let(
                "torch.layer_norm(%s, [%d], %s, %s, 9.9999999999999995e-07)",
                x, config.width(), parameter(name + ".weight"), parameter(name + ".bias"));
    }

    private String linear(String x, String name) {
        return let(
                "torch.linear(%s, %s, %s)",
                x, parameter(name + ".weight"), parameter(name + ".bias"));
    }

    private static String parameter(String name) {
        return "self." + attribute(name);
    }

    private String let(String expression, Object... arguments) {
        String variable = "v" + variables++;
        source.append(
                "    %s = %s\n"
                        .formatted(variable, String.format(Locale.ROOT, expression, arguments)));
        return variable;
    }
}
