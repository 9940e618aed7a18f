package dev.getj.train;

import dev.getj.kernels.Backend;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;

import java.util.List;

/**
 * What AdamW modifies: the weights and both moments of their gradients. One launch writes them all,
 * so they lie together; see {@link Backend#allocateTogether}.
 */
public record Trained(Parameters weights, Parameters firstMoment, Parameters secondMoment) {
    /** All zero. */
    public static Trained allocate(Backend backend, ParameterTable table) {
        List<Parameters> roles = Parameters.together(backend, table, 3);
        return new Trained(roles.get(0), roles.get(1), roles.get(2));
    }
}
