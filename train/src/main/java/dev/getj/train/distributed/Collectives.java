package dev.getj.train.distributed;

/**
 * Operations that all ranks call at the same time, in the same order, with arrays of the same
 * length. What they compute depends on the values and the number of ranks alone, and is the same
 * on all ranks.
 */
sealed interface Collectives extends AutoCloseable permits Sockets, Mpi, Nccl {
    /** In a word, for logs. */
    String name();

    /**
     * Replaces {@code values} by their weighted sum over the ranks: {@code Σ_r weight_r values_r}.
     * MPI and sockets add in double, in the order of the ranks, and round once.
     *
     * @param weights of each rank
     */
    void sum(float[] values, double[] weights);

    /** Replaces {@code values} by those of rank 0. */
    void copyFromFirst(float[] values);

    /**
     * Looks, from another thread than the one that waits for an operation, whether that can still
     * come to its end.
     *
     * @throws dev.getj.io.GetjException if the library knows of a failure that leaves it waiting
     */
    default void requireSound() {
        // the call itself fails, or the connections tell
    }

    /** Ends all that all ranks began, when all of them have come to their end. */
    @Override
    void close();
}
