package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import jdk.incubator.vector.FloatVector;

import java.util.Arrays;

/**
 * Layer normalisation's gradient, a row at a time: {@code n = (x − mean)·rstd}, {@code s =
 * dY·gamma}, {@code dX += rstd·(s − mean(s) − n·mean(s·n))}, {@code dGamma += dY·n}, {@code dBeta
 * += dY}.
 *
 * <p>In two short methods, because Java's quick compiler gives up on a method of this API that is
 * too long for it, and may never hand it on to the optimising one.
 *
 * @param parts [blocks, 2, D] from {@link CacheLine#FIRST} on: what each block of rows adds to
 *     dGamma and dBeta
 */
record LayerNormGradient(
        float[] dY, float[] x, float[] gamma, int gammaAt, float[] dX, int width, float[] parts) {
    private int start(int block) {
        return CacheLine.FIRST + 2 * block * width;
    }

    void clear(int block) {
        Arrays.fill(parts, start(block), start(block + 1), 0);
    }

    /**
     * @param partial [2, {@link Sums#WAYS}], scratch
     */
    void row(int dYAt, int xAt, int dXAt, float mean, float rstd, int block, float[] partial) {
        sums(dYAt, xAt, mean, rstd, start(block), partial);
        float meanSlope = Sums.tree(partial, 0) / width;
        float meanSlopeNormed = Sums.tree(partial, Sums.WAYS) / width;
        input(dYAt, xAt, dXAt, mean, rstd, meanSlope, meanSlopeNormed);
    }

    // partial sums of s and s·n, in the order of Sums; the row's share of dGamma and dBeta
    private void sums(int dYAt, int xAt, float mean, float rstd, int dGamma, float[] partial) {
        int dBeta = dGamma + width;
        for (int way = 0; way < Sums.WAYS; way += LANES) {
            FloatVector sum = FloatVector.zero(SPECIES);
            FloatVector sumNormed = FloatVector.zero(SPECIES);
            for (int i = way; i <= width - LANES; i += Sums.WAYS) {
                FloatVector slope = FloatVector.fromArray(SPECIES, dY, dYAt + i);
                FloatVector normed = FloatVector.fromArray(SPECIES, x, xAt + i).sub(mean).mul(rstd);
                normed.fma(slope, FloatVector.fromArray(SPECIES, parts, dGamma + i))
                        .intoArray(parts, dGamma + i);
                FloatVector.fromArray(SPECIES, parts, dBeta + i)
                        .add(slope)
                        .intoArray(parts, dBeta + i);
                FloatVector scaled = slope.mul(FloatVector.fromArray(SPECIES, gamma, gammaAt + i));
                sum = sum.add(scaled);
                sumNormed = scaled.fma(normed, sumNormed);
            }
            sum.intoArray(partial, way);
            sumNormed.intoArray(partial, Sums.WAYS + way);
        }
        for (int i = width - width % LANES; i < width; i++) {
            float slope = dY[dYAt + i];
            float normed = (x[xAt + i] - mean) * rstd;
            parts[dGamma + i] = Math.fma(normed, slope, parts[dGamma + i]);
            parts[dBeta + i] += slope;
            float scaled = slope * gamma[gammaAt + i];
            int way = i % Sums.WAYS;
            partial[way] += scaled;
            partial[Sums.WAYS + way] = Math.fma(scaled, normed, partial[Sums.WAYS + way]);
        }
    }

    private void input(
            int dYAt,
            int xAt,
            int dXAt,
            float mean,
            float rstd,
            float meanSlope,
            float meanSlopeNormed) {
        int i = 0;
        for (; i <= width - LANES; i += LANES) {
            FloatVector normed = FloatVector.fromArray(SPECIES, x, xAt + i).sub(mean).mul(rstd);
            FloatVector scaled =
                    FloatVector.fromArray(SPECIES, dY, dYAt + i)
                            .mul(FloatVector.fromArray(SPECIES, gamma, gammaAt + i));
            FloatVector slope =
                    normed.fma(
                            FloatVector.broadcast(SPECIES, -meanSlopeNormed),
                            scaled.sub(meanSlope));
            slope.fma(
                            FloatVector.broadcast(SPECIES, rstd),
                            FloatVector.fromArray(SPECIES, dX, dXAt + i))
                    .intoArray(dX, dXAt + i);
        }
        for (; i < width; i++) {
            float normed = (x[xAt + i] - mean) * rstd;
            float scaled = dY[dYAt + i] * gamma[gammaAt + i];
            float slope = Math.fma(normed, -meanSlopeNormed, scaled - meanSlope);
            dX[dXAt + i] = Math.fma(slope, rstd, dX[dXAt + i]);
        }
    }

    // adds part (0 dGamma, 1 dBeta) of all blocks, in order
    void addParts(int blocks, int part, int column, int count, float[] target, int at) {
        for (int block = 0; block < blocks; block++) {
            int from = start(block) + part * width + column;
            for (int i = 0; i < count; i++) {
                target[at + i] += parts[from + i];
            }
        }
    }
}
