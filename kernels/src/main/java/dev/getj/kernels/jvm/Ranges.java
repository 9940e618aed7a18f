package dev.getj.kernels.jvm;

/** Elementwise launches: the elements are cut into ranges, and each range is a task. */
final class Ranges {
    private static final int LENGTH = 1 << 14;

    /**
     * Handles elements {@code from … to − 1}; what becomes of an element must not depend on the
     * range it is in.
     */
    interface Body {
        void run(int from, int to);
    }

    private Ranges() {}

    static Runnable over(Workers workers, int size, Body body) {
        int tasks = (size + LENGTH - 1) / LENGTH;
        Workers.Task task =
                (index, worker) ->
                        body.run(index * LENGTH, (int) Math.min(size, (index + 1L) * LENGTH));
        return () -> workers.run(tasks, task);
    }
}
