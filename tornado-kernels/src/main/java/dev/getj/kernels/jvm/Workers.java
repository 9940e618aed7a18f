package dev.getj.kernels.jvm;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads of a backend. A launch splits into tasks whose results do not depend on who runs them; the calling thread
 * works along. Workers spin for a short while between launches, because one pass of a network is hundreds of them, and
 * sleep when nothing comes.
 */
final class Workers implements AutoCloseable {
    private static final long SPIN_NANOS = 200_000;

    /** The body of a launch. */
    interface Task {
        /**
         * @param index which task, 0…count−1
         * @param worker who runs it, 0…threads−1: for scratch memory
         */
        void run(int index, int worker);
    }

    private final Thread[] threads;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();
    private volatile int launch;
    private volatile boolean closed;
    private Task task;
    private int count;

    /** @param threads how many work on a launch, the caller included */
    Workers(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("at least one thread is needed, not " + threads);
        }
        this.threads = new Thread[threads - 1];
        for (int i = 0; i < this.threads.length; i++) {
            int worker = i + 1;
            this.threads[i] = Thread.ofPlatform().daemon().name("getj-worker-" + worker).start(() -> serve(worker));
        }
    }

    int count() {
        return threads.length + 1;
    }

    /** Runs {@code task} for every index below {@code tasks} and returns when all are done. */
    void run(int tasks, Task body) {
        if (threads.length == 0 || tasks == 1) {
            for (int i = 0; i < tasks; i++) {
                body.run(i, 0);
            }
            return;
        }
        task = body;
        count = tasks;
        next.set(0);
        busy.set(threads.length);
        launch++;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
        work(0);
        while (busy.get() > 0) {
            Thread.onSpinWait();
        }
        Throwable thrown = failure.getAndSet(null);
        switch (thrown) {
            case null -> {}
            case Error error -> throw error;
            case RuntimeException exception -> throw exception;
            default -> throw new IllegalStateException(thrown);
        }
    }

    private void serve(int worker) {
        int seen = 0;
        while (true) {
            long idleSince = System.nanoTime();
            while (launch == seen && !closed) {
                if (System.nanoTime() - idleSince < SPIN_NANOS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
            if (closed) {
                return;
            }
            seen = launch;
            work(worker);
            busy.decrementAndGet();
        }
    }

    private void work(int worker) {
        try {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                task.run(i, worker);
            }
        } catch (Throwable thrown) {
            failure.compareAndSet(null, thrown);
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
    }
}
