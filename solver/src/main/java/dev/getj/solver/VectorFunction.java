package dev.getj.solver;

/** f, one sample at a time, made of operations on vectors that can be differentiated. */
@FunctionalInterface
public interface VectorFunction {
    /**
     * f(z), as long as z.
     *
     * @param sample which sample of the batch, from 0
     */
    Vector apply(int sample, Vector z);
}
