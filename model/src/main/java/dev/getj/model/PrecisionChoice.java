package dev.getj.model;

import dev.getj.kernels.Backend;

/**
 * Chooses the precision in which a network is sampled, once its sizes are known: {@code
 * Precision::usual}, for example.
 */
@FunctionalInterface
public interface PrecisionChoice {
    /**
     * The precision for a network.
     *
     * @param table of its parameters
     */
    Precision of(Backend backend, ParameterTable table);

    /** One precision for every network; one that does not allow it is refused when loaded. */
    static PrecisionChoice always(Precision precision) {
        return (_, _) -> precision;
    }
}
