package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.VectorMath.LANES;
import static dev.getj.kernels.jvm.VectorMath.SPECIES;

import dev.getj.kernels.tensor.Tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** One step of AdamW over all parameters. */
final class AdamW {
    private AdamW() {}

    // settings [9], see Kernels.adamW; all others [P]
    static Runnable step(
            Workers workers,
            Tensor settings,
            Tensor gradients,
            Tensor weights,
            Tensor firstMoment,
            Tensor secondMoment) {
        float[] s = JvmBuffer.of(settings).values;
        int at = settings.offset();
        float[] g = JvmBuffer.of(gradients).values;
        float[] w = JvmBuffer.of(weights).values;
        float[] m = JvmBuffer.of(firstMoment).values;
        float[] v = JvmBuffer.of(secondMoment).values;
        return Ranges.over(
                workers,
                weights.size(),
                (start, end) -> {
                    Rates rates = Rates.of(s, at);
                    for (int i = start; i < end; i += LANES) {
                        VectorMask<Float> mask = SPECIES.indexInRange(i, end);
                        update(
                                rates,
                                mask,
                                g,
                                gradients.offset() + i,
                                w,
                                weights.offset() + i,
                                m,
                                firstMoment.offset() + i,
                                v,
                                secondMoment.offset() + i);
                    }
                });
    }

    private static void update(
            Rates rates,
            VectorMask<Float> mask,
            float[] gradients,
            int g,
            float[] weights,
            int w,
            float[] firstMoment,
            int m,
            float[] secondMoment,
            int v) {
        FloatVector gradient = FloatVector.fromArray(SPECIES, gradients, g, mask);
        FloatVector first = FloatVector.fromArray(SPECIES, firstMoment, m, mask).mul(rates.beta1);
        first = gradient.fma(FloatVector.broadcast(SPECIES, rates.beta1Rest), first);
        first.intoArray(firstMoment, m, mask);

        FloatVector second = FloatVector.fromArray(SPECIES, secondMoment, v, mask).mul(rates.beta2);
        second = gradient.mul(rates.beta2Rest).fma(gradient, second);
        second.intoArray(secondMoment, v, mask);

        FloatVector denominator =
                second.lanewise(VectorOperators.SQRT).mul(rates.secondScale).add(rates.epsilon);
        FloatVector weight = FloatVector.fromArray(SPECIES, weights, w, mask).mul(rates.kept);
        first.mul(-rates.step).div(denominator).add(weight).intoArray(weights, w, mask);
    }

    /**
     * The settings, put together as the update needs them: 1/√c₂ and lr/c₁ once instead of a
     * division an element.
     */
    private record Rates(
            float kept,
            float beta1,
            float beta1Rest,
            float beta2,
            float beta2Rest,
            float step,
            float secondScale,
            float epsilon) {
        static Rates of(float[] s, int at) {
            double rate = s[at];
            return new Rates(
                    (float) (1 - rate * s[at + 6]),
                    s[at + 1],
                    s[at + 2],
                    s[at + 3],
                    s[at + 4],
                    (float) (rate / s[at + 7]),
                    (float) (1 / Math.sqrt(s[at + 8])),
                    s[at + 5]);
        }
    }
}
