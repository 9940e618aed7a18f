package dev.getj.kernels;

/**
 * Launches recorded once, with their tensors and shapes, to be run any number of times. Running
 * allocates nothing.
 */
public interface Program {
    /** What the program is for, as given when it was recorded. */
    String name();

    /** Runs the launches in order and returns when their results can be read. */
    void run();
}
