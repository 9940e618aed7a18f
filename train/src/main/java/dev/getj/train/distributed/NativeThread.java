package dev.getj.train.distributed;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The one thread that calls a library of collectives. It ends with the process, even from inside a
 * call that waits for a rank which is gone.
 */
final class NativeThread {
    private static final int POLL_MILLISECONDS = 100;

    private final ExecutorService executor =
            Executors.newSingleThreadExecutor(
                    work -> Thread.ofPlatform().daemon().name("getj-collectives").unstarted(work));

    /** What {@code work} gives, on that thread. */
    <T> T call(Supplier<T> work) {
        return call(work, () -> {});
    }

    /** Does {@code work} on that thread. */
    void await(Runnable work, Runnable watch) {
        call(
                () -> {
                    work.run();
                    return true;
                },
                watch);
    }

    /**
     * What {@code work} gives, on that thread.
     *
     * @param watch looks now and then, on the thread that waits, whether all is well, and throws
     *     what ends the waiting
     */
    <T> T call(Supplier<T> work, Runnable watch) {
        Future<T> done = executor.submit(work::get);
        try {
            while (true) {
                try {
                    return done.get(POLL_MILLISECONDS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException notYet) {
                    watch.run();
                }
            }
        } catch (ExecutionException failed) {
            // a rank that is gone makes libraries fail; its name is the better message
            watch.run();
            throw unwrapped(failed);
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            throw new RankException("interrupted while waiting for the other processes", false);
        }
    }

    /** What was thrown on that thread, for the thread that waited. */
    private static RuntimeException unwrapped(ExecutionException failed) {
        return switch (failed.getCause()) {
            case RuntimeException thrown -> thrown;
            case Error error -> throw error;
            case Throwable other -> new IllegalStateException(other);
        };
    }
}
