package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.Tensor;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A {@link FixedPointIteration} that never stops early: where its states are, the best iterates are
 * chosen there too, and the host only learns of the residuals when all is done.
 */
final class FixedSteps implements Solver.Solve {
    /**
     * Applications of the map in one program, where it offers its launches: starting a program
     * takes a device some time, and compiling a longer one more.
     */
    private static final int STEPS_TOGETHER = 2;

    private final FixedPointIteration solver;
    private final FixedPointMap map;
    private final int samples;
    private final Tensor best;
    private final Tensor norms;
    private final boolean apply;
    private final Program begin;
    private final Program[] steps;

    FixedSteps(FixedPointIteration solver, FixedPointMap map) {
        this.solver = solver;
        this.map = map;
        Backend backend = map.backend();
        Tensor state = map.state();
        samples = state.dim(0);
        best = backend.allocate(state.shape());
        norms = backend.allocate(solver.maxIterations(), samples, 2);
        Tensor lowest = backend.allocate(samples);
        begin =
                backend.record(
                        "keep start",
                        k -> {
                            k.copy(state, best);
                            // what is not finite is not lower
                            k.fill(Float.MAX_VALUE, lowest);
                        });
        Optional<Consumer<Kernels>> launches = map.launches();
        apply = launches.isEmpty();
        int iterations = solver.maxIterations();
        int together = apply || iterations % STEPS_TOGETHER != 0 ? 1 : STEPS_TOGETHER;
        steps = new Program[iterations / together];
        for (int i = 0; i < steps.length; i++) {
            int first = i * together;
            steps[i] =
                    backend.record(
                            "step",
                            k -> {
                                for (int step = first; step < first + together; step++) {
                                    launches.ifPresent(f -> f.accept(k));
                                    Tensor measured = norms.view(step * 2 * samples, samples, 2);
                                    measure(k, measured, lowest);
                                }
                            });
        }
    }

    // what follows an application of the map
    private void measure(Kernels k, Tensor measured, Tensor lowest) {
        Tensor state = map.state();
        Tensor next = map.next();
        boolean relative = solver.measure() == StopMeasure.RELATIVE;
        if (solver.damping() == 1) {
            k.advance(next, state, measured, relative, lowest, best);
            return;
        }
        k.residualNorms(next, state, measured);
        k.mix((float) (1 - solver.damping()), state, (float) solver.damping(), next);
        k.keepBest(measured, relative, lowest, next, best);
        k.copy(next, state);
    }

    @Override
    public Statistics run() {
        boolean[] all = new boolean[samples];
        Arrays.fill(all, true);
        map.only(all);
        begin.run();
        for (Program step : steps) {
            if (apply) {
                map.apply();
            }
            step.run();
        }
        return statistics(norms.get());
    }

    // of the norms of each step and sample
    private Statistics statistics(float[] measured) {
        ResidualTrace[] absolute = new ResidualTrace[samples];
        ResidualTrace[] relative = new ResidualTrace[samples];
        int[] bestStep = new int[samples];
        for (int b = 0; b < samples; b++) {
            absolute[b] = new ResidualTrace();
            relative[b] = new ResidualTrace();
            for (int step = 0; step < solver.maxIterations(); step++) {
                int at = 2 * (step * samples + b);
                boolean lowerAbsolute = absolute[b].add(measured[at]);
                boolean lowerRelative =
                        relative[b].add(ResidualTrace.relative(measured[at], measured[at + 1]));
                if (solver.measure() == StopMeasure.ABSOLUTE ? lowerAbsolute : lowerRelative) {
                    bestStep[b] = step + 1;
                }
            }
        }
        return Statistics.of(solver.maxIterations(), absolute, relative, bestStep);
    }

    @Override
    public Tensor best() {
        return best;
    }
}
