package dev.getj.train.distributed;

import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Ranks that are threads of one process, joined by real connections. */
public final class Threads {
    private Threads() {}

    /** What each of {@code size} ranks makes, in their order; a failure is thrown. */
    public static <T> List<T> together(int size, Function<Ranks, T> work) {
        List<T> results = new ArrayList<>();
        for (Future<T> each : start(size, ranks -> ranks.during(() -> work.apply(ranks)))) {
            try {
                results.add(each.get());
            } catch (ExecutionException failed) {
                throw failed.getCause() instanceof RuntimeException thrown
                        ? thrown
                        : new IllegalStateException(failed.getCause());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return results;
    }

    /** The message of each rank, all of which must fail. */
    static List<RankException> failing(int size, Function<Ranks, ?> work) {
        List<RankException> failures = new ArrayList<>();
        for (Future<?> each : start(size, ranks -> ranks.during(() -> work.apply(ranks)))) {
            try {
                throw new AssertionError("not failed: " + each.get());
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof RankException thrown) {
                    failures.add(thrown);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return failures;
    }

    private static <T> List<Future<T>> start(int size, Function<Ranks, T> work) {
        ServerSocket server = Rendezvous.listen(0);
        Rendezvous.Address address =
                new Rendezvous.Address(List.of("127.0.0.1"), server.getLocalPort(), "test");
        try (ExecutorService executor = Executors.newFixedThreadPool(size)) {
            List<Future<T>> started = new ArrayList<>();
            for (int r = 0; r < size; r++) {
                Rank rank = new Rank(r, size, r, size, Rank.Starter.TORCHRUN);
                started.add(
                        executor.submit(
                                () -> {
                                    Rendezvous rendezvous = new Rendezvous(rank);
                                    Hub hub =
                                            rank.first()
                                                    ? rendezvous.gather(server, "test")
                                                    : rendezvous.join(address);
                                    return work.apply(
                                            new Together(
                                                    rank,
                                                    hub,
                                                    new NativeThread(),
                                                    new Sockets(hub, rank)));
                                }));
            }
            return started;
        }
    }
}
