package dev.getj.model;

import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.DType;

import java.util.Arrays;
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
        require(precision.samplingObstacle(backend, weights.table()));
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
        Parameters copy = new Parameters(backend, weights.table(), type);
        Program rounding =
                backend.record("round weights", k -> k.cast(weights.flat(), copy.flat()));
        return new Factors(copy, Optional.of(rounding));
    }

    private static void require(Optional<String> obstacle) {
        obstacle.ifPresent(
                it -> {
                    throw new GetjException(it);
                });
    }

    /** Why the backend's products cannot take factors of 11 significant bits, where they cannot. */
    static Optional<String> tf32Obstacle(Backend backend) {
        return backend.tf32()
                ? Optional.empty()
                : Optional.of(
                        ("--precision tf32 needs cuBLASLt, with --device cuda; %s computes in"
                                        + " float32")
                                .formatted(backend.id()));
    }

    /** Why products cannot take the weights in 16 bits, where they cannot. */
    static Optional<String> mixedObstacle(Backend backend, ParameterTable table) {
        if (!backend.mixes()) {
            return Optional.of(
                    ("--precision mixed needs tensor cores, of NVIDIA's Ampere or later with"
                                    + " --device cuda; %s computes in float32")
                            .formatted(backend.id()));
        }
        return table.entries().stream()
                .filter(Factors::isFactor)
                .filter(it -> !liesInWords(it))
                .findFirst()
                .map(
                        it ->
                                ("--precision mixed needs widths that are multiples of %s, %s is %s"
                                                + " x %s: use --precision float32")
                                        .formatted(
                                                TOGETHER,
                                                it.name(),
                                                it.dimensions()[0],
                                                it.dimensions()[1]));
    }

    private static boolean isFactor(ParameterTable.Entry entry) {
        return entry.name().contains("blocks.") && entry.dimensions().length == 2
                || entry.name().equals(Injection.WEIGHT);
    }

    private static boolean liesInWords(ParameterTable.Entry entry) {
        return entry.offset() % TOGETHER == 0
                && Arrays.stream(entry.dimensions()).allMatch(it -> it % TOGETHER == 0);
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
