package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.solver.FixedPointMap;

/** Takes z₀ some plain steps on, a number that is drawn for each batch, without derivatives. */
final class WarmUp {
    private final Estimator.Truncated estimator;
    private final FixedPointMap map;
    private final Program enter;
    private final Program advance;
    private final Program leave;

    WarmUp(EquilibriumMap trained, Estimator.Truncated estimator) {
        this.estimator = estimator;
        map = trained.evaluation();
        Backend backend = map.backend();
        Tensor start = trained.state();
        enter = backend.record("start of the warm-up", k -> k.copy(start, map.state()));
        advance = backend.record("advance", k -> k.copy(map.next(), map.state()));
        leave = backend.record("end of the warm-up", k -> k.copy(map.state(), start));
    }

    void run(long seed) {
        int steps = estimator.before(seed);
        if (steps == 0) {
            return;
        }
        enter.run();
        for (int i = 0; i < steps; i++) {
            map.apply();
            advance.run();
        }
        leave.run();
    }
}
