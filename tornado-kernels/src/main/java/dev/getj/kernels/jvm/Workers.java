package dev.getj.kernels.jvm;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads of a backend. A launch splits into tasks whose results do not depend on who runs
 * them; the calling thread works along and never waits for a thread that has not begun, so a busy
 * machine costs its share of speed and no more. Between launches workers spin for a short while,
 * because one pass of a network is hundreds of launches, and sleep when nothing comes.
 */
final class Workers implements AutoCloseable {
    /** How long a worker watches for the next launch before it sleeps. */
    private static final long WATCH_NANOS = 200_000;

    /** Polls before a waiting thread begins to offer its core to others: some ten microseconds. */
    private static final int POLLS = 500;

    private static final long INDEX = 0xFFFF_FFFFL;

    /** A next task that is beyond every count. */
    private static final long EXHAUSTED = Integer.MAX_VALUE;

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

    /**
     * Number of the launch in the upper half, the next unclaimed task in the lower: claimed by one
     * compare-and-set.
     */
    private final AtomicLong ticket = new AtomicLong();

    /**
     * Tasks of the launch that are not finished. While it is above 0, {@link #task} and {@link
     * #count} stay.
     */
    private final AtomicInteger unfinished = new AtomicInteger();

    private final AtomicInteger sleeping = new AtomicInteger();
    private volatile boolean closed;
    private volatile Task task;
    private volatile int count;

    /**
     * @param threads how many work on a launch, the caller included
     */
    Workers(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("at least one thread is needed, not " + threads);
        }
        this.threads = new Thread[threads - 1];
        for (int i = 0; i < this.threads.length; i++) {
            int worker = i + 1;
            this.threads[i] =
                    Thread.ofPlatform()
                            .daemon()
                            .name("getj-worker-" + worker)
                            .start(() -> serve(worker));
        }
    }

    int count() {
        return threads.length + 1;
    }

    /** Runs {@code body} for every index below {@code tasks} and returns when all are done. */
    void run(int tasks, Task body) {
        if (threads.length == 0 || tasks <= 1) {
            for (int i = 0; i < tasks; i++) {
                body.run(i, 0);
            }
            return;
        }
        long launch = ticket.get() >>> Integer.SIZE;
        // a late worker that still looks at the old ticket must not claim from it by the new count
        ticket.set(launch << Integer.SIZE | EXHAUSTED);
        task = body;
        count = tasks;
        unfinished.set(tasks);
        ticket.set(launch + 1 << Integer.SIZE);
        if (sleeping.get() > 0) {
            for (Thread thread : threads) {
                LockSupport.unpark(thread);
            }
        }
        work(0);
        for (int polls = 0; unfinished.get() > 0; polls++) {
            pause(polls);
        }
        throwFailure();
    }

    private void throwFailure() {
        switch (failure.getAndSet(null)) {
            case null -> {}
            case Error error -> throw error;
            case RuntimeException exception -> throw exception;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }

    private static void pause(int polls) {
        if (polls < POLLS) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }

    private void serve(int worker) {
        while (!closed) {
            work(worker);
            await(ticket.get() >>> Integer.SIZE);
        }
    }

    // returns when a launch after `seen` has come, or the backend is closed
    private void await(long seen) {
        if (unfinished.get() > 0 && (ticket.get() & INDEX) < count) {
            return;
        }
        long idleSince = System.nanoTime();
        for (int polls = 0; System.nanoTime() - idleSince < WATCH_NANOS; polls++) {
            if (ticket.get() >>> Integer.SIZE != seen || closed) {
                return;
            }
            pause(polls);
        }
        sleeping.incrementAndGet();
        while (ticket.get() >>> Integer.SIZE == seen && !closed) {
            LockSupport.park(this);
        }
        sleeping.decrementAndGet();
    }

    private void work(int worker) {
        while (true) {
            long claimed = ticket.get();
            int index = (int) (claimed & INDEX);
            if (index >= count) {
                return;
            }
            // succeeds only while the launch whose count was read still has this task to give
            if (ticket.compareAndSet(claimed, claimed + 1)) {
                try {
                    task.run(index, worker);
                } catch (Throwable thrown) {
                    failure.compareAndSet(null, thrown);
                }
                unfinished.decrementAndGet();
            }
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
