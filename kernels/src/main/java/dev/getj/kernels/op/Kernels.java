package dev.getj.kernels.op;

import dev.getj.kernels.op.AttentionOp.Attention;
import dev.getj.kernels.op.AttentionOp.AttentionBackward;
import dev.getj.kernels.op.ImageOp.Embedding;
import dev.getj.kernels.op.ImageOp.EmbeddingBackward;
import dev.getj.kernels.op.ImageOp.Patchify;
import dev.getj.kernels.op.ImageOp.Unpatchify;
import dev.getj.kernels.op.LossOp.Loss;
import dev.getj.kernels.op.MatMulOp.InjectionBackward;
import dev.getj.kernels.op.MatMulOp.Linear;
import dev.getj.kernels.op.MatMulOp.LinearBackwardInput;
import dev.getj.kernels.op.MatMulOp.LinearBackwardWeight;
import dev.getj.kernels.op.MatMulOp.LinearGelu;
import dev.getj.kernels.op.MatMulOp.LinearGeluBackwardInput;
import dev.getj.kernels.op.MatMulOp.LinearInjected;
import dev.getj.kernels.op.MatMulOp.LinearResidual;
import dev.getj.kernels.op.NormOp.LayerNorm;
import dev.getj.kernels.op.NormOp.LayerNormBackward;
import dev.getj.kernels.op.NormOp.RmsNorm;
import dev.getj.kernels.op.NormOp.RmsNormBackward;
import dev.getj.kernels.op.OptimizerOp.AdamW;
import dev.getj.kernels.op.OptimizerOp.Ema;
import dev.getj.kernels.op.StateOp.Add;
import dev.getj.kernels.op.StateOp.Advance;
import dev.getj.kernels.op.StateOp.Cast;
import dev.getj.kernels.op.StateOp.Combine;
import dev.getj.kernels.op.StateOp.Copy;
import dev.getj.kernels.op.StateOp.Fill;
import dev.getj.kernels.op.StateOp.FillColumns;
import dev.getj.kernels.op.StateOp.InnerProducts;
import dev.getj.kernels.op.StateOp.KeepBest;
import dev.getj.kernels.op.StateOp.Mix;
import dev.getj.kernels.op.StateOp.Normal;
import dev.getj.kernels.op.StateOp.ResidualNorms;
import dev.getj.kernels.op.StateOp.Select;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes a program down: every method makes the record of its name in {@link dev.getj.kernels.op},
 * which says what it computes, and adds it to the list. Inputs come first, the tensors that are
 * modified last; a tensor that is called absent there may be null here.
 *
 * <p>Gradients of <em>parameters</em> ({@code dWeight}, {@code dBias}, {@code dGamma}, {@code
 * dBeta}, {@code dTable}), of the injection ({@code dInjection}, {@code dCondition}) and of a
 * normalisation's input ({@code dX}, which joins the residual stream) are added to what is there;
 * every other output is overwritten. Sums are taken in a fixed order, so an operation gives the
 * same bits however many threads work on it, and each row (or sample) gives the same bits in any
 * batch.
 */
public final class Kernels {
    private final List<Operation> operations = new ArrayList<>();

    private Kernels() {}

    /**
     * The operations that {@code program} asks for, in order.
     *
     * @throws IllegalArgumentException naming the operation and the operand, if one does not fit
     */
    public static List<Operation> record(Consumer<Kernels> program) {
        Kernels kernels = new Kernels();
        program.accept(kernels);
        return List.copyOf(kernels.operations);
    }

    /** Adds an operation. */
    public void add(Operation operation) {
        operation.checkTypes();
        operations.add(operation);
    }

    // ---- linear layers --------------------------------------------------------------------------

    /**
     * {@link Linear}.
     *
     * @param bias may be null
     */
    public void linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        add(new Linear(x, weight, Optional.ofNullable(bias), y));
    }

    /**
     * {@link LinearGelu}.
     *
     * @param bias may be null
     * @param preActivation null when only sampling
     */
    public void linearGelu(Tensor x, Tensor weight, Tensor bias, Tensor preActivation, Tensor y) {
        Optional<Tensor> pre = Optional.ofNullable(preActivation);
        add(new LinearGelu(x, weight, Optional.ofNullable(bias), pre, y));
    }

    /**
     * {@link LinearResidual}.
     *
     * @param bias may be null
     */
    public void linearResidual(Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor y) {
        add(new LinearResidual(x, weight, Optional.ofNullable(bias), residual, y));
    }

    /**
     * {@link LinearInjected}.
     *
     * @param bias may be null, as may {@code injection} and {@code condition}
     */
    public void linearInjected(
            Tensor x,
            Tensor weight,
            Tensor bias,
            Tensor injection,
            int column,
            Tensor condition,
            Tensor y) {
        add(
                new LinearInjected(
                        x,
                        weight,
                        Optional.ofNullable(bias),
                        Optional.ofNullable(injection),
                        column,
                        Optional.ofNullable(condition),
                        y));
    }

    /** {@link LinearBackwardInput}. */
    public void linearBackwardInput(Tensor dY, Tensor weight, Tensor dX) {
        add(new LinearBackwardInput(dY, weight, dX));
    }

    /** {@link LinearGeluBackwardInput}. */
    public void linearGeluBackwardInput(
            Tensor dY, Tensor weight, Tensor preActivation, Tensor dPreActivation) {
        add(new LinearGeluBackwardInput(dY, weight, preActivation, dPreActivation));
    }

    /**
     * {@link LinearBackwardWeight}.
     *
     * @param dBias may be null
     */
    public void linearBackwardWeight(Tensor dY, Tensor x, Tensor dWeight, Tensor dBias) {
        add(new LinearBackwardWeight(dY, x, dWeight, Optional.ofNullable(dBias)));
    }

    /**
     * {@link InjectionBackward}; nothing where both gradients are absent.
     *
     * @param dInjection may be null, as may {@code dCondition}
     */
    public void injectionBackward(Tensor dY, Tensor dInjection, int column, Tensor dCondition) {
        if (dInjection != null || dCondition != null) {
            add(
                    new InjectionBackward(
                            dY,
                            Optional.ofNullable(dInjection),
                            column,
                            Optional.ofNullable(dCondition)));
        }
    }

    // ---- normalisation and attention ------------------------------------------------------------

    /**
     * {@link LayerNorm}.
     *
     * @param statistics null when only sampling
     */
    public void layerNorm(Tensor x, Tensor gamma, Tensor beta, Tensor y, Tensor statistics) {
        add(new LayerNorm(x, gamma, beta, y, Optional.ofNullable(statistics)));
    }

    /** {@link LayerNormBackward}. */
    public void layerNormBackward(
            Tensor dY,
            Tensor x,
            Tensor gamma,
            Tensor statistics,
            Tensor dX,
            Tensor dGamma,
            Tensor dBeta) {
        add(new LayerNormBackward(dY, x, gamma, statistics, dX, dGamma, dBeta));
    }

    /**
     * {@link RmsNorm}.
     *
     * @param statistics null when only sampling
     */
    public void rmsNorm(Tensor x, Tensor gamma, Tensor y, Tensor statistics) {
        add(new RmsNorm(x, gamma, y, Optional.ofNullable(statistics)));
    }

    /** {@link RmsNormBackward}. */
    public void rmsNormBackward(
            Tensor dY, Tensor x, Tensor gamma, Tensor statistics, Tensor dX, Tensor dGamma) {
        add(new RmsNormBackward(dY, x, gamma, statistics, dX, dGamma));
    }

    /**
     * {@link Attention}.
     *
     * @param logSumExp null when only sampling
     */
    public void attention(Tensor qkv, int heads, Tensor y, Tensor logSumExp) {
        add(new Attention(qkv, heads, y, Optional.ofNullable(logSumExp)));
    }

    /** {@link AttentionBackward}. */
    public void attentionBackward(
            Tensor dY, Tensor qkv, Tensor y, Tensor logSumExp, int heads, Tensor dQkv) {
        add(new AttentionBackward(dY, qkv, y, logSumExp, heads, dQkv));
    }

    // ---- images and labels ----------------------------------------------------------------------

    /** {@link Patchify}. */
    public void patchify(Tensor image, PatchOrder order, Tensor patches) {
        add(new Patchify(image, order, patches));
    }

    /** {@link Unpatchify}. */
    public void unpatchify(Tensor patches, PatchOrder order, Tensor image) {
        add(new Unpatchify(patches, order, image));
    }

    /** {@link Embedding}. */
    public void embedding(Tensor table, IntTensor labels, Tensor y) {
        add(new Embedding(table, labels, y));
    }

    /** {@link EmbeddingBackward}. */
    public void embeddingBackward(Tensor dY, IntTensor labels, Tensor dTable) {
        add(new EmbeddingBackward(dY, labels, dTable));
    }

    // ---- objective and optimiser ----------------------------------------------------------------

    /**
     * {@link Loss}.
     *
     * @param dPrediction null when only the value is wanted
     */
    public void loss(
            LossKind kind,
            Tensor prediction,
            Tensor target,
            float weight,
            Tensor loss,
            Tensor dPrediction) {
        add(new Loss(kind, prediction, target, weight, loss, Optional.ofNullable(dPrediction)));
    }

    /**
     * {@link AdamW}.
     *
     * @param rounded null where products read the weights themselves
     */
    public void adamW(
            Tensor settings,
            Tensor gradients,
            Tensor weights,
            Tensor firstMoment,
            Tensor secondMoment,
            Tensor rounded) {
        add(
                new AdamW(
                        settings,
                        gradients,
                        weights,
                        firstMoment,
                        secondMoment,
                        Optional.ofNullable(rounded)));
    }

    /** {@link Ema}. */
    public void ema(Tensor weights, double decay, Tensor average) {
        add(new Ema(weights, decay, average));
    }

    // ---- states ---------------------------------------------------------------------------------

    /** {@link Fill}. */
    public void fill(float value, Tensor y) {
        add(new Fill(value, y));
    }

    /** {@link FillColumns}. */
    public void fillColumns(float value, Tensor y, int column, int count) {
        add(new FillColumns(value, y, column, count));
    }

    /** {@link Copy}. */
    public void copy(Tensor x, Tensor y) {
        add(new Copy(x, y));
    }

    /** {@link Cast}. */
    public void cast(Tensor x, Tensor y) {
        add(new Cast(x, y));
    }

    /** {@link Add}. */
    public void add(Tensor x, Tensor y) {
        add(new Add(x, y));
    }

    /** {@link Mix}. */
    public void mix(float a, Tensor x, float b, Tensor y) {
        add(new Mix(a, x, b, y));
    }

    /** {@link Normal}. */
    public void normal(IntTensor key, Tensor y) {
        add(new Normal(key, y));
    }

    /** {@link ResidualNorms}. */
    public void residualNorms(Tensor next, Tensor previous, Tensor norms) {
        add(new ResidualNorms(next, previous, norms));
    }

    /** {@link Select}. */
    public void select(IntTensor chosen, Tensor from, Tensor to) {
        add(new Select(chosen, from, to));
    }

    /** {@link KeepBest}. */
    public void keepBest(
            Tensor norms, boolean relative, Tensor lowest, Tensor candidate, Tensor best) {
        add(new KeepBest(norms, relative, lowest, candidate, best));
    }

    /** {@link Advance}. */
    public void advance(
            Tensor next, Tensor state, Tensor norms, boolean relative, Tensor lowest, Tensor best) {
        add(new Advance(next, state, norms, relative, lowest, best));
    }

    /** {@link InnerProducts}. */
    public void innerProducts(Tensor history, Tensor x, Tensor dots) {
        add(new InnerProducts(history, x, dots));
    }

    /** {@link Combine}. */
    public void combine(Tensor coefficients, Tensor history, float beta, Tensor y) {
        add(new Combine(coefficients, history, beta, y));
    }
}
