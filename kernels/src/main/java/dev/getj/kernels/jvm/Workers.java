package dev.getj.kernels.jvm;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads of a backend. A launch splits into tasks whose results do not depend on who runs
 * them; the calling thread works along and never waits for a thread that has not begun, so a busy
 * machine costs its share of speed and no more. Between launches workers spin for a short while,
 * because one pass of a network is hundreds of launches, and sleep when nothing comes.
 *
 * <p>Every worker has a part of the tasks, of equal length and in their order, and takes from the
 * parts of others when its own is done. So in one launch after the other the same core handles the
 * same rows, and finds in its cache what it wrote there.
 */
final class Workers implements AutoCloseable {
    /** How long a worker watches for the next launch before it sleeps. */
    private static final long WATCH_NANOS = 200_000;

    /** Polls before a waiting thread begins to offer its core to others: some ten microseconds. */
    private static final int POLLS = 500;

    /** The half of a ticket that says which task; all ones when the part is exhausted. */
    private static final long INDEX = 0xFFFF_FFFFL;

    private static final int EXHAUSTED = -1;

    /**
     * What one worker writes lies so many longs from what another does: not in one cache line, nor
     * in its neighbour, which is fetched along.
     */
    static final int SPACING = 16;

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
     * For each part the number of the launch in the upper half, the next unclaimed task in the
     * lower: claimed by one compare-and-set. Between launches every part is exhausted.
     */
    private final AtomicLongArray tickets;

    /**
     * Tasks of the launch that are not finished. While it is above 0, {@link #task} and {@link
     * #count} stay.
     */
    private final AtomicInteger unfinished = new AtomicInteger();

    /** How many launches there have been. */
    private volatile long launches;

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
        tickets = new AtomicLongArray(threads * SPACING);
        for (int part = 0; part < threads; part++) {
            tickets.set(part * SPACING, INDEX);
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

    /** How many tasks a launch should have at least: one where there are no other workers. */
    int tasks(int perThread) {
        return count() == 1 ? 1 : count() * perThread;
    }

    /**
     * Working memory for each worker, {@code size} floats also where one starts at {@link
     * CacheLine#FIRST}, with room behind it, so that no two write to the same cache line.
     */
    float[][] memory(int size) {
        return new float[count()][CacheLine.FIRST + size + 2 * SPACING];
    }

    /** Runs {@code body} for every index below {@code tasks} and returns when all are done. */
    void run(int tasks, Task body) {
        if (threads.length == 0 || tasks <= 1) {
            for (int i = 0; i < tasks; i++) {
                body.run(i, 0);
            }
            return;
        }
        // every part is exhausted: no worker claims before its ticket is made
        task = body;
        count = tasks;
        unfinished.set(tasks);
        long launch = launches + 1;
        for (int part = 0; part <= threads.length; part++) {
            long first = start(part);
            long ticket = launch << Integer.SIZE | (first < start(part + 1) ? first : INDEX);
            tickets.setRelease(part * SPACING, ticket);
        }
        launches = launch;
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

    /** Waits a moment; after many polls, where others may want the core. */
    static void pause(int polls) {
        if (polls < POLLS) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }

    private void serve(int worker) {
        while (!closed) {
            long seen = launches;
            work(worker);
            await(seen);
        }
    }

    // returns when a launch after `seen` has come, or the backend is closed
    private void await(long seen) {
        long idleSince = System.nanoTime();
        for (int polls = 0; System.nanoTime() - idleSince < WATCH_NANOS; polls++) {
            if (launches != seen || closed) {
                return;
            }
            pause(polls);
        }
        sleeping.incrementAndGet();
        while (launches == seen && !closed) {
            LockSupport.park(this);
        }
        sleeping.decrementAndGet();
    }

    // first task of a part
    private int start(int part) {
        return (int) ((long) count * part / count());
    }

    // its own part, then those of the others
    private void work(int worker) {
        for (int part = worker; part < worker + count(); part++) {
            int own = part % count();
            for (int index = claim(own); index != EXHAUSTED; index = claim(own)) {
                try {
                    task.run(index, worker);
                } catch (Throwable thrown) {
                    failure.compareAndSet(null, thrown);
                }
                unfinished.decrementAndGet();
            }
        }
    }

    // the next task of a part
    private int claim(int part) {
        while (true) {
            long ticket = tickets.get(part * SPACING);
            int index = (int) ticket;
            if (index == EXHAUSTED) {
                return EXHAUSTED;
            }
            boolean last = index + 1 == start(part + 1);
            // succeeds only while the launch whose count was read still has this task to give
            if (tickets.compareAndSet(part * SPACING, ticket, last ? ticket | INDEX : ticket + 1)) {
                return index;
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
