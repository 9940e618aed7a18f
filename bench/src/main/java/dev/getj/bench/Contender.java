package dev.getj.bench;

/** One way to do a piece of work that others do as well. */
interface Contender extends AutoCloseable {
    /** Whose way it is, as tables call it. */
    String name();

    /** Does the work once; on return it is done. */
    void run();

    /** What the last run computed. */
    float[] result();

    @Override
    void close();
}
