package dev.getj.model;

import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.DType;

import java.util.Optional;

/**
 * The weights as factors of products: themselves, or a copy in 16 bits that is made anew by {@link
 * #round}, and by the optimiser where one is given {@link #rounded}.
 */
public final class Factors {
    /** What devices take: four numbers of 16 bits are read at once. */
    private static final int TOGETHER = 4;

    private final Parameters parameters;
    private final Optional<Program> rounding;

    private Factors(Parameters parameters, Optional<Program> rounding) {
        this.parameters = parameters;
        this.rounding = rounding;
    }

    /**
     * Of a network that is sampled.
     *
     * @throws GetjException if the backend or the sizes of the network do not allow the precision
     */
    static Factors sampled(Backend backend, Parameters weights, Precision precision) {
        if (precision == Precision.TF32) {
            requireTf32(backend);
        }
        return of(backend, weights, precision.sampled(backend));
    }

    /**
     * Of a network that is trained.
     *
     * @throws GetjException as {@link Precision#requireTrainable}
     */
    public static Factors trained(
            Backend backend, ModelConfig config, Parameters weights, Precision precision) {
        precision.requireTrainable(backend, config, weights.table());
        return of(backend, weights, precision.trained(backend));
    }

    /** The weights themselves. */
    public static Factors floats(Parameters weights) {
        return new Factors(weights, Optional.empty());
    }

    private static Factors of(Backend backend, Parameters weights, DType type) {
        if (!type.isHalf()) {
            return floats(weights);
        }
        require(backend, weights.table());
        Parameters copy = new Parameters(backend, weights.table(), type);
        Program rounding =
                backend.record("round weights", k -> k.cast(weights.flat(), copy.flat()));
        return new Factors(copy, Optional.of(rounding));
    }

    /** Checks that products can take the weights in 16 bits. */
    static void require(Backend backend, ParameterTable table) {
        requireMixed(backend);
        requireWords(table);
    }

    /** Checks that the backend's products take factors of 11 significant bits. */
    static void requireTf32(Backend backend) {
        if (!backend.tf32()) {
            throw new GetjException(
                    ("--precision tf32 needs cuBLASLt, with --device cuda; %s computes in float32")
                            .formatted(backend.id()));
        }
    }

    private static void requireMixed(Backend backend) {
        if (!backend.mixes()) {
            throw new GetjException(
                    ("--precision mixed needs tensor cores, of NVIDIA's Ampere or later with"
                                    + " --device cuda; %s computes in float32")
                            .formatted(backend.id()));
        }
    }

    private static void requireWords(ParameterTable table) {
        for (ParameterTable.Entry entry : table.entries()) {
            boolean factor =
                    entry.name().contains("blocks.") && entry.dimensions().length == 2
                            || entry.name().equals(Injection.WEIGHT);
            if (!factor) {
                continue;
            }
            for (int size : entry.dimensions()) {
                require(entry, size);
            }
            require(entry, entry.offset());
        }
    }

    private static void require(ParameterTable.Entry entry, int size) {
        if (size % TOGETHER != 0) {
            throw new GetjException(
                    ("--precision mixed needs widths that are multiples of %s, %s is %s x %s: use"
                                    + " --precision float32")
                            .formatted(
                                    TOGETHER,
                                    entry.name(),
                                    entry.dimensions()[0],
                                    entry.dimensions()[1]));
        }
    }

    /** The weights, rounded or not. */
    Parameters parameters() {
        return parameters;
    }

    /** The type of what products multiply. */
    DType type() {
        return parameters.flat().dtype();
    }

    /** The copy in 16 bits, if there is one. */
    public Optional<Parameters> rounded() {
        return rounding.map(_ -> parameters);
    }

    /** Takes over what the weights are now. */
    public void round() {
        rounding.ifPresent(Program::run);
    }
}
