package dev.getj.cli;

import dev.getj.io.GetjException;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Turns Ctrl-C (or a polite kill) into a request to stop, and holds the JVM's end back until the
 * work has saved, or has deleted what it had begun.
 */
final class Interrupt implements AutoCloseable {
    private static final long SAVING_SECONDS = 600;
    private static final long DELETING_SECONDS = 10;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final CountDownLatch asked = new CountDownLatch(1);
    private final Signals signals = new Signals();
    private final Thread hook;
    private volatile boolean requested;

    /** For work that asks {@link #requested} and then saves. */
    Interrupt() {
        this(() -> {}, SAVING_SECONDS);
    }

    private Interrupt(Runnable request, long patience) {
        hook = new Thread(() -> requestAndWait(request, patience), "getj-interrupt");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException endingAlready) {
            request();
        }
    }

    /**
     * Does work that has nothing to save. Asked to stop, its thread is interrupted: files that it
     * writes fail, and it deletes what it had begun.
     *
     * @throws GetjException if it was interrupted
     */
    static <T> T abandoning(Supplier<T> work) {
        Thread worker = Thread.currentThread();
        try (Interrupt interrupt = new Interrupt(worker::interrupt, DELETING_SECONDS)) {
            try {
                return work.get();
            } catch (RuntimeException failure) {
                if (interrupt.requested) {
                    throw new GetjException("interrupted; nothing unfinished was left", failure);
                }
                throw failure;
            }
        }
    }

    boolean requested() {
        return requested;
    }

    /** Waits until it is requested, or until this thread is interrupted, which is the same. */
    void await() {
        try {
            asked.await();
        } catch (InterruptedException asWell) {
            request();
        }
    }

    private void request() {
        requested = true;
        asked.countDown();
    }

    /** Why, for logs. */
    String reason() {
        String signal = signals.received();
        return signal.isEmpty() ? "because Java was told to end" : "by " + signal;
    }

    private void requestAndWait(Runnable request, long patience) {
        request();
        request.run();
        try {
            finished.await(patience, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** To be called once everything is saved and said. */
    @Override
    public void close() {
        finished.countDown();
        signals.close();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException endingAlready) {
            // the hook runs, or is about to, and finds the work finished
        }
    }
}
