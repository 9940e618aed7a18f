package dev.getj.kernels;

import java.util.Arrays;
import java.util.Locale;

/** Checks every launch, then passes it on: the one door through which launches reach a backend. */
public final class CheckedKernels implements Kernels {
    private final Kernels kernels;

    public CheckedKernels(Kernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public void linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        checkLinear("linear", x, weight, bias, y);
        kernels.linear(x, weight, bias, y);
    }

    @Override
    public void linearGelu(Tensor x, Tensor weight, Tensor bias, Tensor preActivation, Tensor y) {
        checkLinear("linearGelu", x, weight, bias, y);
        if (preActivation != null) {
            sameSize("linearGelu", "preActivation", preActivation, y.size());
            apart("linearGelu", "preActivation", preActivation, "y", y);
        }
        kernels.linearGelu(x, weight, bias, preActivation, y);
    }

    @Override
    public void linearResidual(Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor y) {
        checkLinear("linearResidual", x, weight, bias, y);
        columns("linearResidual", "residual", residual, weight.dim(0));
        require(
                y.rows() % residual.rows() == 0,
                "linearResidual",
                "residual has %d rows, y has %d: not a multiple",
                residual.rows(),
                y.rows());
        require(
                residual.offset() == y.offset() && residual.size() == y.size()
                        || !residual.overlaps(y),
                "linearResidual",
                "residual must be y itself or apart from it");
        kernels.linearResidual(x, weight, bias, residual, y);
    }

    @Override
    public void linearInjected(
            Tensor x,
            Tensor weight,
            Tensor bias,
            Tensor injection,
            int column,
            Tensor condition,
            Tensor y) {
        checkLinear("linearInjected", x, weight, bias, y);
        if (injection != null) {
            apart("linearInjected", "injection", injection, "y", y);
        }
        checkInjection("linearInjected", y, injection, column, condition);
        kernels.linearInjected(x, weight, bias, injection, column, condition, y);
    }

    @Override
    public void linearBackwardInput(Tensor dY, Tensor weight, Tensor dX) {
        checkBackwardInput("linearBackwardInput", dY, weight, dX);
        kernels.linearBackwardInput(dY, weight, dX);
    }

    @Override
    public void linearGeluBackwardInput(
            Tensor dY, Tensor weight, Tensor preActivation, Tensor dPreActivation) {
        checkBackwardInput("linearGeluBackwardInput", dY, weight, dPreActivation);
        sameSize("linearGeluBackwardInput", "preActivation", preActivation, dPreActivation.size());
        kernels.linearGeluBackwardInput(dY, weight, preActivation, dPreActivation);
    }

    @Override
    public void linearBackwardWeight(Tensor dY, Tensor x, Tensor dWeight, Tensor dBias) {
        String launch = "linearBackwardWeight";
        rank(launch, "dWeight", dWeight, 2);
        columns(launch, "dY", dY, dWeight.dim(0));
        columns(launch, "x", x, dWeight.dim(1));
        require(dY.rows() == x.rows(), launch, "dY has %d rows, x has %d", dY.rows(), x.rows());
        if (dBias != null) {
            sameSize(launch, "dBias", dBias, dWeight.dim(0));
        }
        kernels.linearBackwardWeight(dY, x, dWeight, dBias);
    }

    @Override
    public void injectionBackward(Tensor dY, Tensor dInjection, int column, Tensor dCondition) {
        checkInjection("injectionBackward", dY, dInjection, column, dCondition);
        kernels.injectionBackward(dY, dInjection, column, dCondition);
    }

    @Override
    public void layerNorm(Tensor x, Tensor gamma, Tensor beta, Tensor y, Tensor statistics) {
        String launch = "layerNorm";
        sameSize(launch, "gamma", gamma, x.dim(-1));
        sameSize(launch, "beta", beta, x.dim(-1));
        sameSize(launch, "y", y, x.size());
        if (statistics != null) {
            sameSize(launch, "statistics", statistics, 2 * x.rows());
        }
        kernels.layerNorm(x, gamma, beta, y, statistics);
    }

    @Override
    public void layerNormBackward(
            Tensor dY,
            Tensor x,
            Tensor gamma,
            Tensor statistics,
            Tensor dX,
            Tensor dGamma,
            Tensor dBeta) {
        String launch = "layerNormBackward";
        sameSize(launch, "dY", dY, x.size());
        sameSize(launch, "dX", dX, x.size());
        sameSize(launch, "gamma", gamma, x.dim(-1));
        sameSize(launch, "dGamma", dGamma, x.dim(-1));
        sameSize(launch, "dBeta", dBeta, x.dim(-1));
        sameSize(launch, "statistics", statistics, 2 * x.rows());
        apart(launch, "dX", dX, "dY", dY);
        kernels.layerNormBackward(dY, x, gamma, statistics, dX, dGamma, dBeta);
    }

    @Override
    public void attention(Tensor qkv, int heads, Tensor y, Tensor logSumExp) {
        checkAttention("attention", qkv, heads, y);
        if (logSumExp != null) {
            sameSize("attention", "logSumExp", logSumExp, qkv.dim(0) * heads * qkv.dim(1));
        }
        kernels.attention(qkv, heads, y, logSumExp);
    }

    @Override
    public void attentionBackward(
            Tensor dY, Tensor qkv, Tensor y, Tensor logSumExp, int heads, Tensor dQkv) {
        String launch = "attentionBackward";
        checkAttention(launch, qkv, heads, y);
        sameSize(launch, "dY", dY, y.size());
        sameSize(launch, "dQkv", dQkv, qkv.size());
        sameSize(launch, "logSumExp", logSumExp, qkv.dim(0) * heads * qkv.dim(1));
        apart(launch, "dQkv", dQkv, "qkv", qkv);
        kernels.attentionBackward(dY, qkv, y, logSumExp, heads, dQkv);
    }

    @Override
    public void patchify(Tensor image, PatchOrder order, Tensor patches) {
        checkPatches("patchify", image, patches);
        kernels.patchify(image, order, patches);
    }

    @Override
    public void unpatchify(Tensor patches, PatchOrder order, Tensor image) {
        checkPatches("unpatchify", image, patches);
        kernels.unpatchify(patches, order, image);
    }

    @Override
    public void embedding(Tensor table, IntTensor labels, Tensor y) {
        checkEmbedding("embedding", table, labels, y);
        kernels.embedding(table, labels, y);
    }

    @Override
    public void embeddingBackward(Tensor dY, IntTensor labels, Tensor dTable) {
        checkEmbedding("embeddingBackward", dTable, labels, dY);
        kernels.embeddingBackward(dY, labels, dTable);
    }

    @Override
    public void loss(
            LossKind kind,
            Tensor prediction,
            Tensor target,
            float weight,
            Tensor loss,
            Tensor dPrediction) {
        sameSize("loss", "target", target, prediction.size());
        sameSize("loss", "loss", loss, 1);
        if (dPrediction != null) {
            sameSize("loss", "dPrediction", dPrediction, prediction.size());
        }
        kernels.loss(kind, prediction, target, weight, loss, dPrediction);
    }

    @Override
    public void adamW(
            Tensor settings,
            Tensor gradients,
            Tensor weights,
            Tensor firstMoment,
            Tensor secondMoment) {
        sameSize("adamW", "settings", settings, ADAMW_SETTINGS);
        sameSize("adamW", "gradients", gradients, weights.size());
        sameSize("adamW", "firstMoment", firstMoment, weights.size());
        sameSize("adamW", "secondMoment", secondMoment, weights.size());
        kernels.adamW(settings, gradients, weights, firstMoment, secondMoment);
    }

    @Override
    public void ema(Tensor weights, double decay, Tensor average) {
        sameSize("ema", "average", average, weights.size());
        require(decay >= 0 && decay < 1, "ema", "decay must lie in [0, 1): %s", decay);
        kernels.ema(weights, decay, average);
    }

    @Override
    public void fill(float value, Tensor y) {
        kernels.fill(value, y);
    }

    @Override
    public void copy(Tensor x, Tensor y) {
        sameSize("copy", "y", y, x.size());
        apart("copy", "x", x, "y", y);
        kernels.copy(x, y);
    }

    @Override
    public void add(Tensor x, Tensor y) {
        sameSize("add", "y", y, x.size());
        kernels.add(x, y);
    }

    @Override
    public void mix(float a, Tensor x, float b, Tensor y) {
        sameSize("mix", "y", y, x.size());
        kernels.mix(a, x, b, y);
    }

    @Override
    public void normal(IntTensor key, Tensor y) {
        require(
                key.size() == NORMAL_KEY,
                "normal",
                "the key has %d entries, not %d",
                key.size(),
                NORMAL_KEY);
        kernels.normal(key, y);
    }

    @Override
    public void residualNorms(Tensor next, Tensor previous, Tensor norms) {
        sameSize("residualNorms", "previous", previous, next.size());
        sameSize("residualNorms", "norms", norms, 2 * next.dim(0));
        kernels.residualNorms(next, previous, norms);
    }

    @Override
    public void select(IntTensor chosen, Tensor from, Tensor to) {
        sameSize("select", "to", to, from.size());
        require(
                chosen.size() == from.dim(0),
                "select",
                "%d choices for %d samples",
                chosen.size(),
                from.dim(0));
        apart("select", "from", from, "to", to);
        kernels.select(chosen, from, to);
    }

    @Override
    public void keepBest(
            Tensor norms, boolean relative, Tensor lowest, Tensor candidate, Tensor best) {
        sameSize("keepBest", "norms", norms, 2 * candidate.dim(0));
        sameSize("keepBest", "lowest", lowest, candidate.dim(0));
        sameSize("keepBest", "best", best, candidate.size());
        apart("keepBest", "lowest", lowest, "norms", norms);
        apart("keepBest", "best", best, "candidate", candidate);
        kernels.keepBest(norms, relative, lowest, candidate, best);
    }

    @Override
    public void innerProducts(Tensor history, Tensor x, Tensor dots) {
        checkHistory("innerProducts", history, "x", x, "dots", dots);
        apart("innerProducts", "dots", dots, "history", history);
        apart("innerProducts", "dots", dots, "x", x);
        kernels.innerProducts(history, x, dots);
    }

    @Override
    public void combine(Tensor coefficients, Tensor history, float beta, Tensor y) {
        checkHistory("combine", history, "y", y, "coefficients", coefficients);
        apart("combine", "y", y, "history", history);
        apart("combine", "y", y, "coefficients", coefficients);
        kernels.combine(coefficients, history, beta, y);
    }

    private static void checkLinear(String launch, Tensor x, Tensor weight, Tensor bias, Tensor y) {
        rank(launch, "weight", weight, 2);
        columns(launch, "x", x, weight.dim(1));
        columns(launch, "y", y, weight.dim(0));
        require(x.rows() == y.rows(), launch, "x has %d rows, y has %d", x.rows(), y.rows());
        if (bias != null) {
            sameSize(launch, "bias", bias, weight.dim(0));
        }
        apart(launch, "x", x, "y", y);
    }

    private static void checkBackwardInput(String launch, Tensor dY, Tensor weight, Tensor dX) {
        rank(launch, "weight", weight, 2);
        columns(launch, "dY", dY, weight.dim(0));
        columns(launch, "dX", dX, weight.dim(1));
        require(dY.rows() == dX.rows(), launch, "dY has %d rows, dX has %d", dY.rows(), dX.rows());
        apart(launch, "dX", dX, "dY", dY);
    }

    private static void checkInjection(
            String launch, Tensor y, Tensor injection, int column, Tensor condition) {
        if (injection != null) {
            require(
                    injection.rows() == y.rows(),
                    launch,
                    "injection has %d rows, y has %d",
                    injection.rows(),
                    y.rows());
            require(
                    column >= 0 && column + y.dim(-1) <= injection.dim(-1),
                    launch,
                    "columns %d…%d of an injection with %d",
                    column,
                    column + y.dim(-1),
                    injection.dim(-1));
        }
        if (condition != null) {
            columns(launch, "condition", condition, y.dim(-1));
            require(
                    y.rows() % condition.rows() == 0,
                    launch,
                    "condition has %d rows, y has %d: not a multiple",
                    condition.rows(),
                    y.rows());
        }
    }

    private static void checkAttention(String launch, Tensor qkv, int heads, Tensor y) {
        rank(launch, "qkv", qkv, 3);
        int width = y.dim(-1);
        require(qkv.dim(2) == 3 * width, launch, "qkv is %d wide, not 3 × %d", qkv.dim(2), width);
        require(
                heads > 0 && width % heads == 0,
                launch,
                "width %d does not split into %d heads",
                width,
                heads);
        require(qkv.rows() == y.rows(), launch, "qkv has %d rows, y has %d", qkv.rows(), y.rows());
        apart(launch, "y", y, "qkv", qkv);
    }

    private static void checkPatches(String launch, Tensor image, Tensor patches) {
        rank(launch, "image", image, 4);
        rank(launch, "patches", patches, 3);
        sameSize(launch, "patches", patches, image.size());
        int grid = (int) Math.round(Math.sqrt(patches.dim(1)));
        require(
                image.dim(2) == image.dim(3)
                        && grid * grid == patches.dim(1)
                        && image.dim(2) % grid == 0
                        && image.dim(0) == patches.dim(0),
                launch,
                "images %s do not cut into patches %s",
                Arrays.toString(image.shape()),
                Arrays.toString(patches.shape()));
        apart(launch, "image", image, "patches", patches);
    }

    private static void checkEmbedding(String launch, Tensor table, IntTensor labels, Tensor y) {
        rank(launch, "table", table, 2);
        columns(launch, "rows", y, table.dim(1));
        require(
                y.rows() == labels.size(),
                launch,
                "%d labels for %d rows",
                labels.size(),
                y.rows());
    }

    private static void checkHistory(
            String launch, Tensor history, String name, Tensor state, String per, Tensor each) {
        require(
                history.rank() >= 2 && history.dim(1) == state.dim(0),
                launch,
                "history %s holds no states of %d samples",
                history,
                state.dim(0));
        sameSize(launch, name, state, history.size() / history.dim(0));
        sameSize(launch, per, each, history.dim(0) * state.dim(0));
    }

    private static void rank(String launch, String name, Tensor tensor, int rank) {
        require(
                tensor.rank() == rank,
                launch,
                "%s must have %d dimensions, is %s",
                name,
                rank,
                tensor);
    }

    private static void columns(String launch, String name, Tensor tensor, int columns) {
        require(
                tensor.dim(-1) == columns,
                launch,
                "%s must have %d columns, is %s",
                name,
                columns,
                tensor);
    }

    private static void sameSize(String launch, String name, Tensor tensor, int size) {
        require(
                tensor.size() == size,
                launch,
                "%s must have %d elements, is %s",
                name,
                size,
                tensor);
    }

    private static void apart(
            String launch, String name, Tensor tensor, String otherName, Tensor other) {
        require(!tensor.overlaps(other), launch, "%s and %s must not overlap", name, otherName);
    }

    private static void require(
            boolean condition, String launch, String message, Object... values) {
        if (!condition) {
            throw new IllegalArgumentException(
                    launch + ": " + String.format(Locale.ROOT, message, values));
        }
    }
}
