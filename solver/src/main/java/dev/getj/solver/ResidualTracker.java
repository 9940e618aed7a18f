package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;

import java.util.Arrays;

/**
 * Measures residuals and keeps each sample's best iterate. TorchDEQ multiplies by a mask where one
 * must select, so a NaN in one sample leaks into all; here samples never touch each other.
 */
final class ResidualTracker {
    private static final double RELATIVE_EPSILON = 1e-9;

    private final StopMeasure measure;
    private final int samples;
    private final Tensor norms;
    private final float[] hostNorms;
    private final IntTensor improved;
    private final int[] hostImproved;
    private final Tensor best;
    private final Program measureResiduals;
    private final Program keepImproved;
    private final double[][] absolute;
    private final double[][] relative;
    private final double[] absoluteLowest;
    private final double[] relativeLowest;
    private final int[] bestStep;
    private int taken;

    /**
     * @param previous z and {@code next} f(z), between which residuals are measured
     * @param candidate what is kept when the residual is the lowest so far
     */
    ResidualTracker(
            Backend backend,
            StopMeasure measure,
            int steps,
            Tensor previous,
            Tensor next,
            Tensor candidate) {
        this.measure = measure;
        samples = next.dim(0);
        norms = backend.allocate(samples, 2);
        hostNorms = new float[2 * samples];
        improved = backend.allocateInts(samples);
        hostImproved = new int[samples];
        best = backend.allocate(next.shape());
        measureResiduals = backend.record("residuals", k -> k.residualNorms(next, previous, norms));
        keepImproved = backend.record("keep best", k -> k.select(improved, candidate, best));
        absolute = new double[samples][steps];
        relative = new double[samples][steps];
        absoluteLowest = new double[samples];
        relativeLowest = new double[samples];
        bestStep = new int[samples];
    }

    Tensor best() {
        return best;
    }

    /** Begins a solve; the caller has copied the start into {@link #best}. */
    void begin() {
        taken = 0;
        Arrays.fill(absoluteLowest, Double.POSITIVE_INFINITY);
        Arrays.fill(relativeLowest, Double.POSITIVE_INFINITY);
        Arrays.fill(bestStep, 0);
    }

    /**
     * Measures the residual that {@code next} now has; true if every sample's is below {@code
     * tolerance}.
     */
    boolean measure(double tolerance) {
        measureResiduals.run();
        norms.get(hostNorms);
        boolean below = true;
        for (int b = 0; b < samples; b++) {
            double abs = hostNorms[2 * b];
            double rel = abs / (hostNorms[2 * b + 1] + RELATIVE_EPSILON);
            absolute[b][taken] = abs;
            relative[b][taken] = rel;
            boolean lower =
                    measure == StopMeasure.ABSOLUTE
                            ? abs < absoluteLowest[b]
                            : rel < relativeLowest[b];
            hostImproved[b] = lower ? 1 : 0;
            if (lower) {
                bestStep[b] = taken + 1;
            }
            absoluteLowest[b] = abs < absoluteLowest[b] ? abs : absoluteLowest[b];
            relativeLowest[b] = rel < relativeLowest[b] ? rel : relativeLowest[b];
            below &= (measure == StopMeasure.ABSOLUTE ? abs : rel) < tolerance;
        }
        taken++;
        return below;
    }

    /** Copies the candidates of the samples that the last measurement found improved. */
    void keep() {
        improved.set(hostImproved);
        keepImproved.run();
    }

    Statistics statistics() {
        double[][] abs = new double[samples][];
        double[][] rel = new double[samples][];
        for (int b = 0; b < samples; b++) {
            abs[b] = Arrays.copyOf(absolute[b], taken);
            rel[b] = Arrays.copyOf(relative[b], taken);
        }
        return new Statistics(
                taken, abs, rel, absoluteLowest.clone(), relativeLowest.clone(), bestStep.clone());
    }
}
