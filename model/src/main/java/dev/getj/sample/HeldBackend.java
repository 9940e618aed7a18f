package dev.getj.sample;

import dev.getj.kernels.Backend;

/** A backend, and who closes it. */
public sealed interface HeldBackend extends AutoCloseable {
    Backend backend();

    /** Closes the backend if it is owned. */
    @Override
    void close();

    /** Closed with its holder. */
    record Owned(Backend backend) implements HeldBackend {
        @Override
        public void close() {
            backend.close();
        }
    }

    /** Left open for its owner, who closes it after the holder. */
    record Borrowed(Backend backend) implements HeldBackend {
        @Override
        public void close() {}
    }
}
