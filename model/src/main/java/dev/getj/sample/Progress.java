package dev.getj.sample;

/** Is told how far a request has got. */
@FunctionalInterface
public interface Progress {
    /**
     * Called after batches of the request, and not at the same time from two threads: by the thread
     * that waits for its images, or, with {@link Sampler#sampleAsync}, by the sampler's own, which
     * others wait for then. What it throws ends the request.
     *
     * @param done images that are made
     * @param count images of the request
     */
    void sampled(int done, int count);
}
