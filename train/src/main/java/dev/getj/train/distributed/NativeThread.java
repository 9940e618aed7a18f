package dev.getj.train.distributed;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * The one thread that calls a library of collectives. It ends with the process, even from inside a
 * call that waits for a rank which is gone.
 */
final class NativeThread {
    private final ExecutorService executor =
            Executors.newSingleThreadExecutor(
                    work -> Thread.ofPlatform().daemon().name("getj-collectives").unstarted(work));

    Future<?> submit(Runnable operation) {
        return executor.submit(operation);
    }

    /** What {@code work} gives, on that thread. */
    <T> T call(Supplier<T> work) {
        try {
            return executor.submit(work::get).get();
        } catch (ExecutionException failed) {
            throw unwrapped(failed);
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            throw new RankException("interrupted while the processes came together", false);
        }
    }

    /** What was thrown on that thread, for the thread that waited. */
    static RuntimeException unwrapped(ExecutionException failed) {
        return switch (failed.getCause()) {
            case RuntimeException thrown -> thrown;
            case Error error -> throw error;
            case Throwable other -> new IllegalStateException(other);
        };
    }
}
