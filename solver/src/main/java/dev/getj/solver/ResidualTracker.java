package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.Arrays;

/**
 * Measures residuals, keeps each sample's best iterate and knows who is done. TorchDEQ multiplies
 * by a mask where one must select, so a NaN in one sample leaks into all; here samples never touch
 * each other.
 */
final class ResidualTracker {
    private static final double STALL_TOLERANCES = 3;
    private static final double STALL_SPREAD = 1.3;

    private final FixedPointMap map;
    private final StopMeasure measure;
    private final double tolerance;
    private final Stopping stopping;
    private final int samples;
    private final Tensor norms;
    private final float[] hostNorms;
    private final IntTensor improved;
    private final int[] hostImproved;
    private final Tensor best;
    private final Program measureResiduals;
    private final Program keepImproved;
    private final ResidualTrace[] absolute;
    private final ResidualTrace[] relative;
    private final int[] bestStep;
    private final boolean[] active;
    private final boolean[] none;
    private int startUp;
    private int stallWindow;
    private int taken;

    /**
     * Residuals are those between the map's state and its next.
     *
     * @param candidate what is kept when the residual is the lowest so far
     */
    ResidualTracker(
            FixedPointMap map,
            StopMeasure measure,
            double tolerance,
            Stopping stopping,
            Tensor candidate) {
        this.map = map;
        this.measure = measure;
        this.tolerance = tolerance;
        this.stopping = stopping;
        Backend backend = map.backend();
        Tensor next = map.next();
        samples = next.dim(0);
        norms = backend.allocate(samples, 2);
        hostNorms = new float[2 * samples];
        improved = backend.allocateInts(samples);
        hostImproved = new int[samples];
        best = backend.allocate(next.shape());
        measureResiduals =
                backend.record("residuals", k -> k.residualNorms(next, map.state(), norms));
        keepImproved = backend.record("keep best", k -> k.select(improved, candidate, best));
        absolute = new ResidualTrace[samples];
        relative = new ResidualTrace[samples];
        bestStep = new int[samples];
        active = new boolean[samples];
        none = new boolean[samples];
    }

    Tensor best() {
        return best;
    }

    /**
     * Begins a solve; the caller has copied the start into {@link #best}.
     *
     * @param startUp how many evaluations come before the method proper
     * @param stallWindow a sample also is done if it is within three tolerances and its residual
     *     has hardly moved for so many evaluations; 0 for no such rule
     */
    void begin(int startUp, int stallWindow) {
        this.startUp = startUp;
        this.stallWindow = stallWindow;
        taken = 0;
        for (int b = 0; b < samples; b++) {
            absolute[b] = new ResidualTrace();
            relative[b] = new ResidualTrace();
        }
        Arrays.fill(bestStep, 0);
        Arrays.fill(active, true);
        map.only(active);
    }

    /** Measures the residual that the map's state now has; true if the solve is over. */
    boolean measure() {
        return measure(none);
    }

    /**
     * The same, but samples that only wait for others are not measured again: what is noted of a
     * sample must not depend on how long it waits.
     */
    boolean measure(boolean[] waiting) {
        measureResiduals.run();
        norms.get(hostNorms);
        taken++;
        boolean anyActive = false;
        boolean anyDone = false;
        for (int b = 0; b < samples; b++) {
            hostImproved[b] = 0;
            if (!active[b]) {
                continue;
            }
            if (!waiting[b]) {
                add(b, hostNorms[2 * b], hostNorms[2 * b + 1]);
            }
            boolean done = trace(b).last() < tolerance || stalled(trace(b));
            anyDone |= done;
            anyActive |= !done;
            if (done && stopping == Stopping.EACH_SAMPLE) {
                active[b] = false;
            }
        }
        if (anyActive && anyDone && stopping == Stopping.EACH_SAMPLE) {
            map.only(active);
        }
        return !anyActive;
    }

    private void add(int b, double residual, double norm) {
        if (absolute[b].size() == startUp) {
            absolute[b].endStartUp();
            relative[b].endStartUp();
        }
        boolean lowerAbsolute = absolute[b].add(residual);
        boolean lowerRelative = relative[b].add(ResidualTrace.relative(residual, norm));
        if (measure == StopMeasure.ABSOLUTE ? lowerAbsolute : lowerRelative) {
            hostImproved[b] = 1;
            bestStep[b] = absolute[b].size();
        }
    }

    // hardly any progress, and so close to the tolerance that rounding must be to blame
    private boolean stalled(ResidualTrace trace) {
        return stallWindow > 0
                && trace.last() < STALL_TOLERANCES * tolerance
                && trace.spread(stallWindow) < STALL_SPREAD;
    }

    private ResidualTrace trace(int b) {
        return measure == StopMeasure.ABSOLUTE ? absolute[b] : relative[b];
    }

    /** Copies the candidates of the samples that the last measurement found improved. */
    void keep() {
        improved.set(hostImproved);
        keepImproved.run();
    }

    /** Whether sample {@code b} is still being solved. */
    boolean active(int b) {
        return active[b];
    }

    /** ‖f(z) − z‖₂ of sample {@code b} as last measured. */
    double absolute(int b) {
        return absolute[b].last();
    }

    Statistics statistics() {
        return Statistics.of(taken, absolute, relative, bestStep);
    }
}
