package dev.getj.data;

/**
 * Told how far long work has come; what is made of it (a bar, a line, nothing) is up to the
 * listener.
 */
@FunctionalInterface
public interface Progress {
    /** Without a listener. */
    Progress NONE = (_, _) -> {};

    /**
     * Called on the working thread after each portion.
     *
     * @param done items finished so far, {@code total} at the end
     */
    void at(long done, long total);
}
