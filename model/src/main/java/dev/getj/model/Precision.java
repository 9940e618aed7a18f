package dev.getj.model;

import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.op.AttentionOp;
import dev.getj.kernels.tensor.DType;

import java.util.Locale;
import java.util.Optional;

/** How many bits the numbers have that a network computes with. */
public enum Precision {
    /** Floats throughout. */
    FLOAT32,

    /**
     * Floats throughout, of which products take 11 significant bits of each factor, on a backend
     * that {@link dev.getj.kernels.Backend#tf32 does so}.
     */
    TF32,

    /**
     * The factors of the products in transformer blocks and of the injection have 16 bits: weights,
     * what normalisation, attention and GELU give, and, in heads of up to 64 features, queries,
     * keys and values; in training, what is saved of them and their gradients, too. Sums, the
     * residual stream and its gradient, the state of the equilibrium, statistics, losses, gradients
     * of weights, the weights themselves and the optimiser are floats, and so are embedding and
     * decoder.
     */
    MIXED;

    /**
     * The factors' type in sampling. Of the two formats it rounds eight times more finely; weights
     * and activations of a trained network are far from its largest value, 65504.
     */
    private static final DType SAMPLED = DType.F16;

    /**
     * The factors' type in training. It has the range of floats: gradients, which are often below
     * 6e-8, need no scale, and no step is left out.
     */
    private static final DType TRAINED = DType.BF16;

    /** The factors' type in sampling. */
    DType sampled(Backend backend) {
        return of(backend, SAMPLED);
    }

    /** The factors' type in training. */
    DType trained(Backend backend) {
        return of(backend, TRAINED);
    }

    private DType of(Backend backend, DType half) {
        return switch (this) {
            case FLOAT32, TF32 -> backend.dtype();
            case MIXED -> half;
        };
    }

    /**
     * Checks that a network can be trained in this precision.
     *
     * @param table of its parameters
     * @throws GetjException naming what stands against it
     */
    public void requireTrainable(Backend backend, ModelConfig config, ParameterTable table) {
        obstacle(backend, config, table)
                .ifPresent(
                        it -> {
                            throw new GetjException(it);
                        });
    }

    /** Why a network cannot be trained in this precision, where it cannot. */
    public Optional<String> obstacle(Backend backend, ModelConfig config, ParameterTable table) {
        return switch (this) {
            case FLOAT32 -> Optional.empty();
            case TF32 -> Factors.tf32Obstacle(backend);
            case MIXED -> Factors.mixedObstacle(backend, table).or(() -> headsObstacle(config));
        };
    }

    /** Why a network cannot be sampled in this precision, where it cannot. */
    public Optional<String> samplingObstacle(Backend backend, ParameterTable table) {
        return switch (this) {
            case FLOAT32 -> Optional.empty();
            case TF32 -> Factors.tf32Obstacle(backend);
            case MIXED -> Factors.mixedObstacle(backend, table);
        };
    }

    private static Optional<String> headsObstacle(ModelConfig config) {
        int depth = config.width() / config.heads();
        return AttentionOp.takesHalves(depth)
                ? Optional.empty()
                : Optional.of(
                        ("--precision mixed trains heads whose depth is a multiple of 4 up to %s,"
                                        + " those of this network are %s deep: use --precision"
                                        + " float32")
                                .formatted(AttentionOp.DEEPEST_HALVES, depth));
    }

    /**
     * What is used on a backend where no precision is asked for: mixed on a device with tensor
     * cores, else float32.
     */
    public static Precision usual(Backend backend) {
        // the reference takes 16 bits, too, but only for devices to be compared with it
        return backend.mixes() && backend.compiles() ? MIXED : FLOAT32;
    }

    /**
     * What a network is sampled in where no precision is asked for: as {@link #usual(Backend)}, but
     * float32 if that does not take its sizes.
     *
     * @param table of its parameters
     */
    public static Precision usual(Backend backend, ParameterTable table) {
        Precision usual = usual(backend);
        return usual.samplingObstacle(backend, table).isEmpty() ? usual : FLOAT32;
    }

    /**
     * What is told where a sample in mixed precision is not finite.
     *
     * @param origin the operation that gave the first such value, if it is known
     */
    public static GetjException beyondRange(Optional<String> origin) {
        return new GetjException(
                ("--precision mixed: these weights give values beyond the range of 16 bits, up to"
                                + " 65504%s: use --precision float32")
                        .formatted(origin.map(it -> "; the first came from " + it).orElse("")));
    }

    /** As {@code --precision} takes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
