package dev.getj.train.distributed;

import dev.getj.io.GetjException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * The connections of rank 0 to all others: small messages, and signs of life every second. A rank
 * whose connection breaks or that is silent for too long is lost; all that wait
 * then fail, with one process telling the user.
 */
final class Hub implements Link.Listener, AutoCloseable {
    /**
     * Seconds of silence, of ten signs of life, that a busy machine does not explain. Signs come
     * from a thread that neither computes nor writes files, so training, compiling and saving do
     * not delay them, however long they take; only what stops all threads does. Collections of
     * garbage do so for a moment: most of the memory is in large arrays of numbers, in which a
     * collector has nothing to follow.
     */
    static final double PATIENCE = 10;

    static final int BEAT_MILLISECONDS = 1000;
    private static final int POLL_MILLISECONDS = 100;

    /** In which one that was stopped learns that others have ended. */
    private static final double WAKING_SECONDS = 3;

    /** What rank 0 says of itself begins so. */
    private static final String FIRST = "rank 0 ";

    /** Polls that rank 0 waits for failed ranks to end. */
    private static final int FINISHING = 25;

    /** Polls that a failed rank waits for rank 0 to save, so that no starter kills that before. */
    private static final int SAVING = 1200;

    private final Rank rank;
    private final List<Link> links;
    private final double patience;
    private final AtomicReference<RankException> failure = new AtomicReference<>();
    private volatile String heard = "";
    private volatile long watched = System.nanoTime();
    private volatile long woken = watched - TimeUnit.HOURS.toNanos(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * @param links on rank 0 to all others, in the order of their numbers; on the others to rank 0
     * @param patience seconds of silence after which a rank is taken to be stopped
     */
    Hub(Rank rank, List<Link> links, double patience) {
        this.rank = rank;
        this.patience = patience;
        this.links = List.copyOf(links);
        links.forEach(link -> link.start(this));
        Thread.ofPlatform().daemon().name("getj-ranks").start(this::watch);
    }

    List<Link> links() {
        return links;
    }

    private void watch() {
        try {
            while (!closed.await(BEAT_MILLISECONDS, TimeUnit.MILLISECONDS)) {
                // one that was itself stopped first hears what came meanwhile
                boolean awake = isAwake();
                watched = System.nanoTime();
                woken = awake ? woken : watched;
                for (Link link : links) {
                    beat(link);
                    if (awake && !link.ended() && link.silence() > patience) {
                        fail(
                                "%s has not answered for %s seconds: it was stopped, hangs, or the network to it is cut; what was saved can be resumed"
                                        .formatted(link.description(), Math.round(link.silence())),
                                !tells(link));
                        // a message that it does not take would otherwise be waited for
                        link.close();
                    }
                }
            }
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isAwake() {
        return System.nanoTime() - watched < BEAT_MILLISECONDS * 1e6 + patience / 2 * 1e9;
    }

    /** A sign of life to another rank. */
    static void beat(Link link) {
        try {
            link.beat();
        } catch (IOException gone) {
            // its reader tells
        }
    }

    @Override
    public void lost(Link link) {
        // those that gave up on this one, which was stopped, have told
        if (!isAwake() || System.nanoTime() - woken < WAKING_SECONDS * 1e9) {
            fail("this process was stopped for long, and " + link.description() + " ended", true);
        } else {
            fail(
                    link.description()
                            + " is gone: it was killed, or its machine failed; what was saved can"
                            + " be resumed",
                    !tells(link));
        }
    }

    @Override
    public void failed(Link link, String why) {
        // rank 0 passes on what others say, too, before or after its own
        if (!heard.startsWith(FIRST)) {
            heard = why;
        }
        fail(why, true);
    }

    /** Rank 0 tells of all others; of rank 0 the first other one and the first of each machine. */
    private boolean tells(Link link) {
        return rank.first() || link.peer() == 0 && (rank.number() == 1 || rank.local() == 0);
    }

    private void fail(String why, boolean toldElsewhere) {
        if (closed.getCount() == 0) {
            return;
        }
        if (failure.compareAndSet(null, new RankException(why, toldElsewhere)) && rank.first()) {
            tellOthers(why);
        }
    }

    private void tellOthers(String why) {
        for (Link link : links) {
            try {
                if (!link.ended()) {
                    link.failure(why);
                }
            } catch (IOException gone) {
                // it will not hear of anything any more
            }
        }
    }

    /**
     * @throws RankException if a rank is lost or has failed
     */
    void requireAll() {
        RankException found = failure.get();
        if (found != null) {
            throw found;
        }
    }

    /** What each rank says, in the order of the ranks; the same on all ranks. */
    List<byte[]> exchange(byte[] mine) {
        if (!rank.first()) {
            send(links.getFirst(), mine);
            return unpacked(receive(links.getFirst()));
        }
        List<byte[]> all = new ArrayList<>();
        all.add(mine);
        for (Link link : links) {
            all.add(receive(link));
        }
        byte[] packed = packed(all);
        links.forEach(link -> send(link, packed));
        return all;
    }

    /** What rank 0 says. */
    byte[] fromFirst(byte[] mine) {
        if (!rank.first()) {
            return receive(links.getFirst());
        }
        links.forEach(link -> send(link, mine));
        return mine;
    }

    void send(Link link, byte[] content) {
        try {
            link.data(content);
        } catch (IOException gone) {
            // the link's reader tells the reason, if it has not yet
            receive(link);
            throw early(link);
        }
    }

    byte[] receive(Link link) {
        try {
            while (true) {
                boolean ended = link.ended();
                Optional<byte[]> data = link.poll(POLL_MILLISECONDS);
                if (data.isPresent()) {
                    return data.get();
                }
                requireAll();
                if (ended) {
                    throw early(link);
                }
            }
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            throw new RankException("interrupted while waiting for " + link.description(), false);
        }
    }

    private RankException early(Link link) {
        return new RankException(link.description() + " has ended before the others", !tells(link));
    }

    private static byte[] packed(List<byte[]> all) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (byte[] each : all) {
                out.writeInt(each.length);
                out.write(each);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private List<byte[]> unpacked(byte[] packed) {
        List<byte[]> all = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(packed))) {
            for (int r = 0; r < rank.size(); r++) {
                byte[] each = new byte[in.readInt()];
                in.readFully(each);
                all.add(each);
            }
        } catch (IOException damaged) {
            throw new UncheckedIOException(damaged);
        }
        return all;
    }

    /**
     * Does the work of all ranks. Should it fail here, the others learn why.
     *
     * @throws RankException if another rank is gone or failed, or fails for the same reason and
     *     tells it
     */
    <T> T telling(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException | Error failure) {
            String reason =
                    failure instanceof GetjException ? failure.getMessage() : failure.toString();
            if (leaveFailed(reason, !(failure instanceof RankException))) {
                throw new RankException(reason, true);
            }
            throw failure;
        }
    }

    /**
     * Tells the others that this rank failed. Another rank than 0 then waits until rank 0 has saved
     * what was learned.
     *
     * @param reason for the log of rank 0; the user learns it from this process
     * @param own whether it is this rank's, and not what it heard of the others
     * @return whether rank 0 failed for the same reason, and tells it
     */
    private boolean leaveFailed(String reason, boolean own) {
        try {
            if (own) {
                String why = rank.describe() + " failed: " + reason;
                if (rank.first()) {
                    tellOthers(why);
                } else {
                    links.getFirst().failure(why);
                }
            }
            for (int i = 0; !rank.first() && i < SAVING && !links.getFirst().ended(); i++) {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLISECONDS);
            }
        } catch (IOException gone) {
            // rank 0 has nothing more to save
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
        if (rank.first()) {
            finish();
        }
        close();
        return own
                && !rank.first()
                && heard.startsWith(FIRST)
                && heard.endsWith(" failed: " + reason);
    }

    // a connection that is closed while something comes from the other side may lose what was sent
    private void finish() {
        for (Link link : links) {
            try {
                link.finish();
            } catch (IOException gone) {
                // it hears of nothing any more
            }
        }
        try {
            for (int i = 0; i < FINISHING && !links.stream().allMatch(Link::ended); i++) {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLISECONDS);
            }
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }

    /** Says that this rank is done. */
    void end() {
        for (Link link : links) {
            try {
                link.end();
            } catch (IOException gone) {
                // it is done, too
            }
        }
        close();
    }

    @Override
    public void close() {
        closed.countDown();
        links.forEach(Link::close);
    }
}
