package dev.getj.kernels;

/**
 * Everything that GET launches, forward and backward. A launch names its inputs first and the
 * tensors it modifies last. Sizes: R rows (batch × tokens), B samples, N tokens, D width, H heads,
 * d = D/H, K classes.
 *
 * <p>Gradients of <em>parameters</em> ({@code dWeight}, {@code dBias}, {@code dGamma}, {@code
 * dBeta}, {@code dTable}), of the injection ({@code dInjection}, {@code dCondition}) and of a
 * LayerNorm's input ({@code dX}, which joins the residual stream) are added to what is there; every
 * other output is overwritten. Sums are taken in a fixed order, so a launch gives the same bits
 * however many threads work on it, and each row (or sample) gives the same bits in any batch.
 *
 * <p>The derivations stand in {@code docs/kernels/}.
 */
public interface Kernels {

    // ---- linear
    // ---------------------------------------------------------------------------------------------------

    /**
     * {@code y = x Wᵀ + b}.
     *
     * @param x [R, I]
     * @param weight [O, I]
     * @param bias [O], or null
     * @param y [R, O]
     */
    void linear(Tensor x, Tensor weight, Tensor bias, Tensor y);

    /**
     * {@code y = gelu(x Wᵀ + b)}, the exact erf form.
     *
     * @param preActivation [R, O], receives {@code x Wᵀ + b} for the backward pass; null when only
     *     sampling
     */
    void linearGelu(Tensor x, Tensor weight, Tensor bias, Tensor preActivation, Tensor y);

    /**
     * {@code y = residual + x Wᵀ + b}.
     *
     * @param residual [R, O], or [N, O] with R a multiple of N, which is then repeated (positional
     *     embedding); may be {@code y} itself
     */
    void linearResidual(Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor y);

    /**
     * {@code y = x Wᵀ + b + injection[:, column … column + O) + condition[sample]}: the qkv
     * projection with its two additive injections.
     *
     * @param injection [R, J] with J ≥ column + O, or null
     * @param condition [B, O], row r uses sample r / (R/B); or null
     */
    void linearInjected(
            Tensor x,
            Tensor weight,
            Tensor bias,
            Tensor injection,
            int column,
            Tensor condition,
            Tensor y);

    /**
     * {@code dX = dY W}.
     *
     * @param dY [R, O]
     * @param weight [O, I]
     * @param dX [R, I], overwritten
     */
    void linearBackwardInput(Tensor dY, Tensor weight, Tensor dX);

    /**
     * {@code dPre = (dY W) ⊙ gelu'(pre)}: back through a linear layer and the GELU in front of it.
     *
     * @param dY [R, O]
     * @param weight [O, I]
     * @param preActivation [R, I]
     * @param dPreActivation [R, I], overwritten
     */
    void linearGeluBackwardInput(
            Tensor dY, Tensor weight, Tensor preActivation, Tensor dPreActivation);

    /**
     * {@code dW += dYᵀ x}, {@code db += Σ_rows dY}.
     *
     * @param dY [R, O]
     * @param x [R, I]
     * @param dWeight [O, I], accumulated
     * @param dBias [O], accumulated; or null
     */
    void linearBackwardWeight(Tensor dY, Tensor x, Tensor dWeight, Tensor dBias);

    /**
     * Gradient of the two injections of {@link #linearInjected}: {@code dInjection[:, column…] +=
     * dY}, {@code dCondition[b] += Σ_tokens dY}.
     *
     * @param dY [R, O]
     * @param dInjection [R, J], accumulated; or null
     * @param dCondition [B, O], accumulated; or null
     */
    void injectionBackward(Tensor dY, Tensor dInjection, int column, Tensor dCondition);

    // ---- normalisation and attention
    // ------------------------------------------------------------------------------

    /** Added to the variance in {@link #layerNorm}. */
    float LAYER_NORM_EPSILON = 1e-6f;

    /**
     * {@code y = (x − mean) · rstd · gamma + beta} over the last dimension, {@code rstd = 1/√(var +
     * 1e-6)}.
     *
     * @param x [R, D]
     * @param gamma [D]
     * @param beta [D]
     * @param y [R, D]
     * @param statistics [R, 2], receives (mean, rstd) of each row; null when only sampling
     */
    void layerNorm(Tensor x, Tensor gamma, Tensor beta, Tensor y, Tensor statistics);

    /**
     * Backward of {@link #layerNorm}.
     *
     * @param dY [R, D]
     * @param x [R, D]
     * @param statistics [R, 2]
     * @param dX [R, D], accumulated
     * @param dGamma [D], accumulated
     * @param dBeta [D], accumulated
     */
    void layerNormBackward(
            Tensor dY,
            Tensor x,
            Tensor gamma,
            Tensor statistics,
            Tensor dX,
            Tensor dGamma,
            Tensor dBeta);

    /**
     * Multi-head softmax attention with scale 1/√d, never storing N×N scores of more than one head
     * at a time.
     *
     * @param qkv [B, N, 3D]: q, k and v of all heads one after the other, split as (3, H, d)
     * @param y [B, N, D]
     * @param logSumExp [B, H, N], receives log Σ exp of each score row for the backward pass; null
     *     when only sampling
     */
    void attention(Tensor qkv, int heads, Tensor y, Tensor logSumExp);

    /**
     * Backward of {@link #attention}; probabilities are recomputed from {@code qkv} and {@code
     * logSumExp}.
     *
     * @param dY [B, N, D]
     * @param y [B, N, D], the forward's output
     * @param dQkv [B, N, 3D], overwritten
     */
    void attentionBackward(
            Tensor dY, Tensor qkv, Tensor y, Tensor logSumExp, int heads, Tensor dQkv);

    // ---- images and labels
    // ----------------------------------------------------------------------------------------

    /**
     * Cuts images into non-overlapping square patches, tokens row-major over the image.
     *
     * @param image [B, C, S, S]
     * @param patches [B, (S/p)², C·p·p]
     */
    void patchify(Tensor image, PatchOrder order, Tensor patches);

    /** The inverse of {@link #patchify}. */
    void unpatchify(Tensor patches, PatchOrder order, Tensor image);

    /**
     * {@code y[b] = table[labels[b]]}.
     *
     * @param table [K, W]
     * @param labels [B], each in 0…K−1; checked by whoever fills them
     * @param y [B, W]
     */
    void embedding(Tensor table, IntTensor labels, Tensor y);

    /** {@code dTable[labels[b]] += dY[b]}, samples in order. */
    void embeddingBackward(Tensor dY, IntTensor labels, Tensor dTable);

    // ---- objective and optimiser
    // ----------------------------------------------------------------------------------

    /**
     * {@code loss = mean distance(prediction, target)} and {@code dPrediction = weight ·
     * ∂loss/∂prediction}.
     *
     * @param weight factor of this term in the objective; does not scale {@code loss}
     * @param loss [1], overwritten with the unweighted mean
     * @param dPrediction same shape as {@code prediction}, overwritten; may be null when only the
     *     value is wanted
     */
    void loss(
            LossKind kind,
            Tensor prediction,
            Tensor target,
            float weight,
            Tensor loss,
            Tensor dPrediction);

    /** Entries of the {@code settings} tensor of {@link #adamW}. */
    int ADAMW_SETTINGS = 9;

    /**
     * One step of AdamW (decoupled weight decay, Loshchilov and Hutter 2019), over all parameters
     * at once: {@code w −= lr·decay·w; m = β₁m + (1−β₁)g; v = β₂v + (1−β₂)g²; w −= lr · (m/c₁) /
     * (√(v/c₂) + ε)}.
     *
     * @param settings [9]: lr, β₁, 1−β₁, β₂, 1−β₂, ε, decay, c₁ = 1−β₁ᵗ, c₂ = 1−β₂ᵗ, each rounded
     *     from double; a tensor, because it changes from step to step
     * @param gradients same size as {@code weights}; likewise the moments
     */
    void adamW(
            Tensor settings,
            Tensor gradients,
            Tensor weights,
            Tensor firstMoment,
            Tensor secondMoment);

    /**
     * {@code average = decay · average + (1 − decay) · weights}, both factors rounded from double.
     */
    void ema(Tensor weights, double decay, Tensor average);

    // ---- states
    // ---------------------------------------------------------------------------------------------------

    /** Sets every element to {@code value}. */
    void fill(float value, Tensor y);

    /** {@code y = x}. */
    void copy(Tensor x, Tensor y);

    /** {@code y += x}. */
    void add(Tensor x, Tensor y);

    /** {@code y = a·x + b·y}: damped updates. */
    void mix(float a, Tensor x, float b, Tensor y);

    /** Entries of the {@code key} of {@link #normal}. */
    int NORMAL_KEY = 5;

    /**
     * Standard normal variates from Philox4x32-10 and Box–Muller. Element e of sample i depends on
     * seed, stream, i and e alone: counter = (e/4, i low, i high, stream), key = (seed low, seed
     * high).
     *
     * @param key [5]: seed low, seed high, stream, first sample low, first sample high
     * @param y [B, …]: sample {@code first + b} fills row b
     */
    void normal(IntTensor key, Tensor y);

    /**
     * Per-sample norms that solvers stop on.
     *
     * @param next f(z), [B, …]
     * @param previous z, [B, …]
     * @param norms [B, 2], receives (‖f(z) − z‖₂, ‖f(z)‖₂)
     */
    void residualNorms(Tensor next, Tensor previous, Tensor norms);

    /**
     * Copies the chosen samples: {@code to[b] = from[b]} where {@code chosen[b] ≠ 0}.
     *
     * @param chosen [B]
     * @param from [B, …]
     * @param to [B, …]
     */
    void select(IntTensor chosen, Tensor from, Tensor to);

    /** Added to the norm that a relative residual is divided by. */
    float RESIDUAL_EPSILON = 1e-9f;

    /**
     * Keeps each sample's best iterate: where its residual is lower than {@code lowest[b]}, which a
     * NaN never is, {@code best[b] = candidate[b]} and {@code lowest[b]} is that residual.
     *
     * @param norms [B, 2], as {@link #residualNorms} leaves them
     * @param relative whether the residual is ‖f(z) − z‖₂ / (‖f(z)‖₂ + 1e-9) or ‖f(z) − z‖₂ itself
     * @param lowest [B], modified
     * @param candidate [B, …]
     * @param best [B, …], modified
     */
    void keepBest(Tensor norms, boolean relative, Tensor lowest, Tensor candidate, Tensor best);

    /**
     * Per-sample inner products of a state with a history of states: {@code dots[b, j] =
     * ⟨history[j, b], x[b]⟩}.
     *
     * @param history [M, B, …]
     * @param x [B, …]
     * @param dots [B, M]
     */
    void innerProducts(Tensor history, Tensor x, Tensor dots);

    /**
     * Per-sample linear combinations of a history of states: {@code y[b] = beta·y[b] + Σ_j
     * coefficients[b, j] · history[j, b]}, j in order. What a coefficient of 0 belongs to is left
     * out, whatever it holds, and with {@code beta = 0} so is what y held: a NaN goes no further.
     *
     * @param coefficients [B, M]
     * @param history [M, B, …]
     * @param y [B, …]
     */
    void combine(Tensor coefficients, Tensor history, float beta, Tensor y);
}
