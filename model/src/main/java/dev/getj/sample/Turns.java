package dev.getj.sample;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Requests of any number of threads take turns on one backend, a batch each, so that a small one
 * does not wait for all of a large one. A thread that waits for its images computes the
 * next batch if no other thread does; asynchronous requests are computed by a thread that lives
 * while there are any.
 */
final class Turns {
    private static final String CLOSED = "the sampler is closed";

    /** A request without a thread. */
    private record Later(Job job, Progress progress, CompletableFuture<Samples> images) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** In the order of their turns. */
    private final Deque<Job> waiting = new ArrayDeque<>();

    private final List<Later> later = new ArrayList<>();
    private final Function<Deque<Job>, Batch> plan;
    private final Function<Batch, BatchSampler.Result> compute;
    private int exclusive;
    private boolean running;
    private boolean helped;
    private boolean closed;

    /**
     * @param plan chooses the next batch of those that wait, of which there is at least one; the
     *     first gets some of it
     * @param compute makes a batch; called by one thread at a time
     */
    Turns(Function<Deque<Job>, Batch> plan, Function<Batch, BatchSampler.Result> compute) {
        this.plan = plan;
        this.compute = compute;
    }

    /**
     * Returns when the job is done.
     *
     * @throws IllegalStateException if the sampler is closed, or is while this waits
     * @throws CancellationException if this thread is interrupted, which it
     *     stays
     */
    Samples await(Job job, Progress progress) {
        lock.lock();
        try {
            enter(job);
            while (true) {
                if (job.untold()) {
                    tell(progress, job);
                } else if (job.ended()) {
                    return result(job);
                } else if (running || exclusive > 0) {
                    changed.await();
                } else if (Thread.interrupted()) {
                    throw new InterruptedException();
                } else {
                    runNext();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw job.cancelled("interrupted");
        } finally {
            if (!job.ended()) {
                leave(job, job.cancelled("given up"));
            }
            changed.signalAll();
            lock.unlock();
        }
    }

    private static Samples result(Job job) {
        switch (job.failure().orElse(null)) {
            case null -> {
                return job.samples();
            }
            case Error error -> throw error;
            case RuntimeException exception -> throw exception;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }

    private void enter(Job job) {
        if (closed) {
            throw new IllegalStateException(CLOSED);
        }
        waiting.addLast(job);
    }

    // nothing more is done for it, and others may have waited for this thread
    private void leave(Job job, RuntimeException why) {
        job.fail(why);
        waiting.remove(job);
        changed.signalAll();
    }

    // called without the lock, so that other requests do not wait for it
    private void tell(Progress progress, Job job) {
        int done = job.tell();
        lock.unlock();
        try {
            progress.sampled(done, job.request().count());
        } finally {
            lock.lock();
        }
    }

    // the lock is held before and after
    private void runNext() {
        Batch batch = plan.apply(waiting);
        running = true;
        lock.unlock();
        Consumer<Batch.Portion> settled;
        try {
            BatchSampler.Result result = compute.apply(batch);
            settled = portion -> portion.job().take(result, portion.at(), portion.count());
        } catch (RuntimeException | Error failure) {
            settled = portion -> portion.job().fail(failure);
        }
        lock.lock();
        running = false;
        for (Batch.Portion portion : batch.portions()) {
            settle(portion, settled);
        }
        changed.signalAll();
    }

    private void settle(Batch.Portion portion, Consumer<Batch.Portion> settled) {
        Job job = portion.job();
        if (job.ended()) {
            return;
        }
        settled.accept(portion);
        waiting.remove(job);
        if (!job.ended()) {
            waiting.addLast(job);
        }
    }

    /**
     * The images when they are made. Cancelling what is returned ends the job after its batch.
     *
     * @throws IllegalStateException if the sampler is closed
     */
    CompletableFuture<Samples> later(Job job, Progress progress) {
        Later entry = new Later(job, progress, new CompletableFuture<>());
        lock.lock();
        try {
            enter(job);
            later.add(entry);
            if (!helped) {
                helped = true;
                Thread.ofPlatform().daemon().name("getj-sampler").start(this::help);
            }
        } finally {
            lock.unlock();
        }
        return entry.images;
    }

    // while there are requests without a thread
    private void help() {
        lock.lock();
        try {
            while (!later.isEmpty()) {
                for (Later entry : List.copyOf(later)) {
                    attend(entry);
                }
                if (running || exclusive > 0) {
                    changed.awaitUninterruptibly();
                } else if (!waiting.isEmpty()) {
                    runNext();
                }
            }
        } finally {
            helped = false;
            lock.unlock();
        }
    }

    private void attend(Later entry) {
        Job job = entry.job;
        if (entry.images.isDone()) {
            leave(job, job.cancelled("cancelled"));
            later.remove(entry);
            return;
        }
        if (job.untold()) {
            try {
                tell(entry.progress, job);
            } catch (RuntimeException | Error thrown) {
                leave(job, job.cancelled("given up"));
                later.remove(entry);
                complete(() -> entry.images.completeExceptionally(thrown));
                return;
            }
        }
        if (job.ended()) {
            later.remove(entry);
            complete(
                    () ->
                            job.failure()
                                    .map(entry.images::completeExceptionally)
                                    .orElseGet(() -> entry.images.complete(job.samples())));
        }
    }

    // without the lock: what depends on the images may run here
    private void complete(Runnable completion) {
        lock.unlock();
        try {
            completion.run();
        } finally {
            lock.lock();
        }
    }

    /**
     * Does something else on the backend, between batches.
     *
     * @throws IllegalStateException if the sampler is closed
     */
    <T> T alone(Supplier<T> work) {
        lock.lock();
        exclusive++;
        try {
            while (running) {
                changed.awaitUninterruptibly();
            }
            if (closed) {
                throw new IllegalStateException(CLOSED);
            }
            return work.get();
        } finally {
            exclusive--;
            changed.signalAll();
            lock.unlock();
        }
    }

    /** Ends all that waits; returns when nothing is computed. */
    void close() {
        lock.lock();
        try {
            closed = true;
            for (Job job : List.copyOf(waiting)) {
                leave(job, new IllegalStateException(CLOSED));
            }
            while (running) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
