package dev.getj.serve;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Lets a bounded number of requests wait for the network, and refuses further ones at once. */
final class Admission {
    private final int capacity;
    private final Semaphore places;
    private final AtomicInteger refused = new AtomicInteger();

    Admission(int capacity) {
        this.capacity = capacity;
        places = new Semaphore(capacity);
    }

    /**
     * @throws Refusal if no place is free
     */
    <T> T admitted(Supplier<T> work) {
        if (!places.tryAcquire()) {
            refused.incrementAndGet();
            throw Refusal.unavailable(
                    "%s requests are waiting already: try again later".formatted(capacity), 1);
        }
        try {
            return work.get();
        } finally {
            places.release();
        }
    }

    int capacity() {
        return capacity;
    }

    /** Requests that are answered or wait. */
    int taken() {
        return capacity - places.availablePermits();
    }

    int refused() {
        return refused.get();
    }
}
