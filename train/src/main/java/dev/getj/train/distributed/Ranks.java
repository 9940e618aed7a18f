package dev.getj.train.distributed;

import dev.getj.kernels.Backend;
import dev.getj.kernels.tensor.Tensor;

import java.util.SortedMap;
import java.util.function.Supplier;

/**
 * The processes that train a network together, of which this is one. Every method but {@link
 * #number}, {@link #size}, {@link #first}, {@link #part}, {@link #requireAll} and {@link #report} is
 * called by all of them, in the same order.
 *
 * <p>A rank that is gone, stopped or has failed makes the methods of all others throw a {@link
 * RankException}, within half a minute.
 */
public sealed interface Ranks permits Alone, Together {
    /** One process, on its own. */
    static Ranks alone() {
        return new Alone();
    }

    /** 0…size−1; rank 0 writes the files and speaks for all. */
    int number();

    int size();

    /** True for rank 0. */
    default boolean first() {
        return number() == 0;
    }

    /**
     * This rank's part of a batch.
     *
     * @throws IllegalArgumentException if there is less than an example for each rank
     */
    default Part part(long batch) {
        return Part.of(batch, number(), size());
    }

    /** What {@code text} says on rank 0, where alone it is called. */
    String fromFirst(Supplier<String> text);

    /**
     * Compares what must be the same everywhere.
     *
     * @param facts values by name
     * @throws RankException naming a fact, two ranks and their values
     */
    void requireSame(SortedMap<String, String> facts);

    /**
     * Looks whether all are still there, without waiting for them.
     *
     * @throws RankException if one is gone or failed
     */
    void requireAll();

    /**
     * Brings the values of all ranks together.
     *
     * @return those of rank 0, 1, …, one after the other, on rank 0; on others
     *     what they have
     */
    float[] gather(float[] here);

    /** The same of doubles, all of whose bits are kept. */
    default double[] gather(double[] here) {
        return DoubleBits.joined(gather(DoubleBits.apart(here)));
    }

    /** Gives {@code tensor} the values that it has on rank 0. */
    void copyFromFirst(Tensor tensor);

    /** Whether it is true on any rank. */
    boolean any(boolean here);

    /** The sum over the ranks, in their order. */
    double sum(double here);

    /**
     * The mean of each value over all examples of a batch.
     *
     * @param here means over this rank's part of them
     */
    double[] mean(int batch, double... here);

    /** Replaces a tensor by its mean over all examples of a batch. */
    interface Averaging {
        /** Called by all ranks, with the batch of all of them. */
        void run(int batch);
    }

    /**
     * Makes ready to average {@code gradients}, in place.
     *
     * @param backend of the gradients; what it is to run is recorded here
     */
    Averaging averaging(Backend backend, Tensor gradients);

    /** One line on time and bytes of the gradients so far; empty for one process. */
    String report();

    /**
     * Does the work of all ranks. Should it fail here, the others learn why; all leave together.
     *
     * @throws RankException if another rank is gone or failed
     */
    <T> T during(Supplier<T> work);
}
