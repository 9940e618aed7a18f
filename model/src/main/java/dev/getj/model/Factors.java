package dev.getj.model;

import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;

import java.util.Optional;

/**
 * The weights as factors of products: themselves, or a copy in 16 bits that is made anew by {@link
 * #round}.
 */
final class Factors {
    /** What devices take: four numbers of 16 bits are read at once. */
    private static final int TOGETHER = 4;

    private final Parameters parameters;
    private final Optional<Program> rounding;

    /**
     * @throws GetjException if the backend or the sizes of the network do not allow the precision
     */
    Factors(Backend backend, Parameters weights, Precision precision) {
        parameters =
                switch (precision) {
                    case FLOAT32 -> weights;
                    case TF32 -> {
                        requireTf32(backend);
                        yield weights;
                    }
                    case MIXED -> copy(backend, weights.table());
                };
        rounding =
                switch (precision) {
                    case FLOAT32, TF32 -> Optional.empty();
                    case MIXED ->
                            Optional.of(
                                    backend.record(
                                            "round weights",
                                            k -> k.cast(weights.flat(), parameters.flat())));
                };
    }

    private static Parameters copy(Backend backend, ParameterTable table) {
        requireMixed(backend);
        requireWords(table);
        return new Parameters(backend, table, Precision.FACTOR);
    }

    private static void requireTf32(Backend backend) {
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

    /** Takes over what the weights are now. */
    void round() {
        rounding.ifPresent(Program::run);
    }
}
