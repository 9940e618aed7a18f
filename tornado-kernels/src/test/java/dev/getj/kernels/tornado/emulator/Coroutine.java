package dev.getj.kernels.tornado.emulator;

import jdk.internal.vm.Continuation;
import jdk.internal.vm.ContinuationScope;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Runs one work item after another, and can stop in the middle of one: at a barrier. Everything
 * happens on the caller's thread, in an order that the caller decides, so a run can be repeated
 * exactly and never hangs.
 *
 * <p>This is what virtual threads are made of. They themselves would do too, but a switch costs
 * several times as much and its order is the scheduler's.
 */
final class Coroutine {
    private static final ContinuationScope SCOPE = new ContinuationScope("work items");

    private final Continuation continuation;
    private WorkItem item;
    private Throwable failure;
    private boolean paused;

    Coroutine(Consumer<? super WorkItem> kernel) {
        continuation = new Continuation(SCOPE, () -> runForEver(kernel));
    }

    /** Runs an item until its kernel returns or comes to a barrier. */
    void start(WorkItem next) {
        item = next;
        failure = null;
        resume();
    }

    /** Goes on where the item was paused, until its kernel returns or comes to the next barrier. */
    void resume() {
        paused = false;
        continuation.run();
        if (failure != null) {
            throw new EmulationException(item + ": " + failure, failure);
        }
    }

    /** Called by the item that runs: stops here and lets the caller of {@link #resume} go on. */
    void pause() {
        paused = true;
        Continuation.yield(SCOPE);
    }

    /** Whether the item waits at a barrier; otherwise its kernel has returned. */
    boolean paused() {
        return paused;
    }

    /** The item that ran last. */
    WorkItem item() {
        return item;
    }

    /** The line of the kernel where the item is paused. */
    StackTraceElement line() {
        return Arrays.stream(continuation.getStackTrace())
                .filter(frame -> !frame.getClassName().startsWith("jdk."))
                .filter(frame -> !isOurs(frame))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isOurs(StackTraceElement frame) {
        return frame.getClassName().equals(WorkItem.class.getName())
                || frame.getClassName().equals(Coroutine.class.getName());
    }

    private void runForEver(Consumer<? super WorkItem> kernel) {
        while (true) {
            try {
                kernel.accept(item);
            } catch (Throwable thrown) {
                failure = thrown;
            }
            Continuation.yield(SCOPE);
        }
    }
}
