package dev.getj.bench;

import dev.getj.kernels.Backend;
import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.LossKind;
import dev.getj.kernels.PatchOrder;
import dev.getj.kernels.Tensor;
import dev.getj.kernels.op.OptimizerOp;
import dev.getj.kernels.op.StateOp;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Every launch of {@link Kernels} at the shapes that it has in a network: rows R = batch × tokens,
 * the layers of an equilibrium block.
 */
final class KernelLaunches {
    private static final int CLASSES = 10;

    /** Remembered states of Anderson's and Broyden's methods. */
    private static final int MEMORY = 6;

    private final Map<String, Consumer<Kernels>> launches = new LinkedHashMap<>();
    private final Backend backend;
    private final ModelConfig config;
    private final int batch;
    private final int rows;
    private final int width;
    private final Random random = new Random(1);

    private KernelLaunches(Backend backend, ModelConfig config, int batch) {
        this.backend = backend;
        this.config = config;
        this.batch = batch;
        rows = batch * config.tokens();
        width = config.width();
    }

    /** The launches by the names of {@link Kernels}, with operands on {@code backend}. */
    static Map<String, Consumer<Kernels>> of(Backend backend, ModelConfig config, int batch) {
        KernelLaunches all = new KernelLaunches(backend, config, batch);
        all.linear();
        all.linearBackward();
        all.rowWise();
        all.attention();
        all.images();
        all.labels();
        all.parameters();
        all.states();
        all.histories();
        return all.launches;
    }

    private void linear() {
        int hidden = config.equilibriumHidden();
        Tensor x = normal(rows, width);
        Tensor h = normal(rows, hidden);
        Tensor square = normal(width, width);
        Tensor up = normal(hidden, width);
        Tensor down = normal(width, hidden);
        Tensor qkvWeight = normal(3 * width, width);
        Tensor bias = normal(width);
        Tensor upBias = normal(hidden);
        Tensor qkvBias = normal(3 * width);
        Tensor u = normal(rows, 3 * width * config.equilibriumDepth());
        Tensor c = normal(batch, 3 * width);
        Tensor y = zeros(rows, width);
        Tensor pre = zeros(rows, hidden);
        Tensor activated = zeros(rows, hidden);
        Tensor qkv = zeros(rows, 3 * width);
        launches.put("linear", k -> k.linear(x, square, bias, y));
        launches.put("linearGelu", k -> k.linearGelu(x, up, upBias, pre, activated));
        launches.put("linearResidual", k -> k.linearResidual(h, down, bias, x, y));
        launches.put("linearInjected", k -> k.linearInjected(x, qkvWeight, qkvBias, u, 0, c, qkv));
    }

    private void linearBackward() {
        int hidden = config.equilibriumHidden();
        Tensor dY = normal(rows, width);
        Tensor dHidden = normal(rows, hidden);
        Tensor x = normal(rows, width);
        Tensor up = normal(hidden, width);
        Tensor down = normal(width, hidden);
        Tensor pre = normal(rows, hidden);
        Tensor dX = zeros(rows, width);
        Tensor dPre = zeros(rows, hidden);
        Tensor dUp = zeros(hidden, width);
        Tensor dUpBias = zeros(hidden);
        Tensor dQkv = normal(rows, 3 * width);
        Tensor dU = zeros(rows, 3 * width * config.equilibriumDepth());
        Tensor dC = zeros(batch, 3 * width);
        launches.put("linearBackwardInput", k -> k.linearBackwardInput(dHidden, up, dX));
        launches.put(
                "linearGeluBackwardInput", k -> k.linearGeluBackwardInput(dY, down, pre, dPre));
        launches.put("linearBackwardWeight", k -> k.linearBackwardWeight(dHidden, x, dUp, dUpBias));
        launches.put("injectionBackward", k -> k.injectionBackward(dQkv, dU, 0, dC));
    }

    private void rowWise() {
        Tensor x = normal(rows, width);
        Tensor y = normal(rows, width);
        Tensor dX = zeros(rows, width);
        Tensor gamma = normal(width);
        Tensor beta = normal(width);
        Tensor dGamma = zeros(width);
        Tensor dBeta = zeros(width);
        Tensor statistics = zeros(rows, 2);
        launches.put("layerNorm", k -> k.layerNorm(x, gamma, beta, y, statistics));
        launches.put(
                "layerNormBackward",
                k -> k.layerNormBackward(y, x, gamma, statistics, dX, dGamma, dBeta));
    }

    private void attention() {
        int tokens = config.tokens();
        int heads = config.heads();
        Tensor qkv = normal(batch, tokens, 3 * width);
        Tensor y = normal(batch, tokens, width);
        Tensor dY = normal(batch, tokens, width);
        Tensor logSumExp = zeros(batch, heads, tokens);
        Tensor dQkv = zeros(batch, tokens, 3 * width);
        launches.put("attention", k -> k.attention(qkv, heads, y, logSumExp));
        launches.put(
                "attentionBackward", k -> k.attentionBackward(dY, qkv, y, logSumExp, heads, dQkv));
    }

    private void images() {
        int side = config.imageSize();
        Tensor image = normal(batch, config.channels(), side, side);
        Tensor target = normal(batch, config.channels(), side, side);
        Tensor slopes = zeros(batch, config.channels(), side, side);
        Tensor patches = normal(batch, config.tokens(), config.patchFeatures());
        Tensor loss = zeros(1);
        IntTensor key = backend.allocateInts(StateOp.NORMAL_KEY);
        launches.put("patchify", k -> k.patchify(image, PatchOrder.CHANNEL_FIRST, patches));
        launches.put("unpatchify", k -> k.unpatchify(patches, PatchOrder.CHANNEL_LAST, slopes));
        launches.put("loss", k -> k.loss(LossKind.L1, image, target, 1, loss, slopes));
        launches.put("normal", k -> k.normal(key, slopes));
    }

    private void labels() {
        Tensor table = normal(CLASSES, 3 * width);
        Tensor dTable = zeros(CLASSES, 3 * width);
        Tensor y = normal(batch, 3 * width);
        IntTensor labels = backend.allocateInts(batch);
        launches.put("embedding", k -> k.embedding(table, labels, y));
        launches.put("embeddingBackward", k -> k.embeddingBackward(y, labels, dTable));
    }

    private void parameters() {
        int size = new ParameterTable(config).size();
        Tensor settings = zeros(OptimizerOp.ADAMW_SETTINGS);
        settings.set(1e-4f, 0.9f, 0.1f, 0.999f, 0.001f, 1e-8f, 0.01f, 0.1f, 0.001f);
        Tensor weights = normal(size);
        Tensor gradients = normal(size);
        Tensor first = zeros(size);
        Tensor second = zeros(size);
        launches.put("adamW", k -> k.adamW(settings, gradients, weights, first, second));
        launches.put("ema", k -> k.ema(weights, 0.9999, first));
        launches.put("fill", k -> k.fill(0, second));
    }

    private void states() {
        Tensor x = normal(batch, config.tokens(), width);
        Tensor y = normal(batch, config.tokens(), width);
        Tensor best = zeros(batch, config.tokens(), width);
        Tensor norms = zeros(batch, 2);
        Tensor lowest = zeros(batch);
        IntTensor chosen = backend.allocateInts(batch);
        int[] all = new int[batch];
        Arrays.fill(all, 1);
        chosen.set(all);
        launches.put("copy", k -> k.copy(x, best));
        // zeros, so that any number of runs stays finite
        Tensor nothing = zeros(batch, config.tokens(), width);
        launches.put("add", k -> k.add(nothing, best));
        launches.put("mix", k -> k.mix(0.5f, x, 0.5f, best));
        launches.put("residualNorms", k -> k.residualNorms(x, y, norms));
        launches.put("select", k -> k.select(chosen, x, best));
        // a norm of -1 is lower than any that was seen: every run copies
        Tensor falling = zeros(batch, 2);
        falling.set(filled(2 * batch, -1));
        launches.put(
                "keepBest",
                k -> {
                    k.fill(0, lowest);
                    k.keepBest(falling, false, lowest, x, best);
                });
    }

    private void histories() {
        Tensor history = normal(MEMORY, batch, config.tokens(), width);
        Tensor x = normal(batch, config.tokens(), width);
        Tensor y = zeros(batch, config.tokens(), width);
        Tensor dots = zeros(batch, MEMORY);
        Tensor coefficients = normal(batch, MEMORY);
        launches.put("innerProducts", k -> k.innerProducts(history, x, dots));
        launches.put("combine", k -> k.combine(coefficients, history, 0, y));
    }

    private Tensor zeros(int... shape) {
        return backend.allocate(shape);
    }

    private Tensor normal(int... shape) {
        float[] values = new float[Tensor.sizeOf(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return backend.allocate(shape).set(values);
    }

    private static float[] filled(int count, float value) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return values;
    }
}
