package dev.getj.train.distributed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

@Timeout(60)
class RanksTest {
    @Test
    void environmentsOfThreeStarters() {
        assertEquals(
                Optional.of(new Rank(3, 4, 1, 2, Rank.Starter.MPIRUN)),
                Rank.of(
                        Map.of(
                                "OMPI_COMM_WORLD_RANK", "3",
                                "OMPI_COMM_WORLD_SIZE", "4",
                                "OMPI_COMM_WORLD_LOCAL_RANK", "1",
                                "OMPI_COMM_WORLD_LOCAL_SIZE", "2")));
        assertEquals(
                Optional.of(new Rank(1, 2, 1, 2, Rank.Starter.TORCHRUN)),
                Rank.of(
                        Map.of(
                                "RANK", "1",
                                "WORLD_SIZE", "2",
                                "LOCAL_RANK", "1",
                                "LOCAL_WORLD_SIZE", "2")));
        assertEquals(
                Optional.of(new Rank(5, 8, 1, 4, Rank.Starter.SRUN)),
                Rank.of(
                        Map.of(
                                "SLURM_PROCID", "5",
                                "SLURM_STEP_NUM_TASKS", "8",
                                "SLURM_LOCALID", "1",
                                "SLURM_NTASKS_PER_NODE", "4")));
    }

    @Test
    void oneProcessIsAlone() {
        assertEquals(Optional.empty(), Rank.of(Map.of()));
        assertEquals(Optional.empty(), Rank.of(Map.of("RANK", "0", "WORLD_SIZE", "1")));
        // what a batch script has that calls getj without srun
        assertEquals(Optional.empty(), Rank.of(Map.of("SLURM_PROCID", "0", "SLURM_NTASKS", "8")));
    }

    @Test
    void numbersThatCannotBeAreRefused() {
        GetjException words =
                assertThrows(
                        GetjException.class,
                        () -> Rank.of(Map.of("RANK", "first", "WORLD_SIZE", "2")));
        assertEquals("RANK is 'first', a number is expected", words.getMessage());
        assertThrows(GetjException.class, () -> Rank.of(Map.of("RANK", "2", "WORLD_SIZE", "2")));
    }

    @Test
    void partsAreTheWholeInOrder() {
        for (int ranks = 1; ranks <= 7; ranks++) {
            long next = 0;
            double weight = 0;
            for (int r = 0; r < ranks; r++) {
                Part part = Part.of(23, r, ranks);
                assertEquals(next, part.first());
                next += part.count();
                weight += part.weight();
            }
            assertEquals(23, next);
            assertEquals(1, weight, 1e-12);
        }
        assertThrows(IllegalArgumentException.class, () -> Part.of(2, 0, 3));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void gradientsAreTheWeightedMeanOnAllRanks(int size) {
        int count = 2_500_000; // more than one message
        List<float[]> means =
                Threads.together(
                        size,
                        ranks -> {
                            try (Backend backend = Backends.jvm(1)) {
                                Tensor gradients =
                                        backend.allocate(count).set(values(ranks, count));
                                ranks.averaging(backend, gradients).run(7);
                                return gradients.get();
                            }
                        });
        double[] expected = new double[count];
        for (int r = 0; r < size; r++) {
            float[] of = values(r, count);
            for (int i = 0; i < count; i++) {
                expected[i] += Part.of(7, r, size).weight() * of[i];
            }
        }
        for (float[] mean : means) {
            assertArrayEquals(means.getFirst(), mean);
            for (int i = 0; i < count; i += 997) {
                assertEquals((float) expected[i], mean[i]);
            }
        }
    }

    private static float[] values(Ranks ranks, int count) {
        return values(ranks.number(), count);
    }

    private static float[] values(int rank, int count) {
        Random random = new Random(rank);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @Test
    void whatAllMadeIsBroughtToRank0() {
        List<float[]> gathered =
                Threads.together(3, ranks -> ranks.gather(values(ranks, 1 + ranks.number())));
        float[] all = new float[6];
        System.arraycopy(values(0, 1), 0, all, 0, 1);
        System.arraycopy(values(1, 2), 0, all, 1, 2);
        System.arraycopy(values(2, 3), 0, all, 3, 3);
        assertArrayEquals(all, gathered.getFirst());
        double[] exact = {Math.PI, -1e-300, Double.NaN, Double.MIN_VALUE, -0.0, 1 / 3.0};
        List<double[]> doubles =
                Threads.together(
                        3,
                        ranks -> {
                            int first = 2 * ranks.number();
                            return ranks.gather(Arrays.copyOfRange(exact, first, first + 2));
                        });
        assertArrayEquals(exact, doubles.getFirst());
    }

    @Test
    void valuesOfRank0AreCopied() {
        List<float[]> copies =
                Threads.together(
                        3,
                        ranks -> {
                            try (Backend backend = Backends.jvm(1)) {
                                Tensor tensor = backend.allocate(5).set(values(ranks, 5));
                                ranks.copyFromFirst(tensor);
                                return tensor.get();
                            }
                        });
        copies.forEach(copy -> assertArrayEquals(values(0, 5), copy));
    }

    @Test
    void allStopTogetherAndAverageTheirLosses() {
        Threads.together(
                        3,
                        ranks -> {
                            assertTrue(ranks.any(ranks.number() == 2));
                            assertFalse(ranks.any(false));
                            // parts of 3, 2 and 2 examples
                            double mean = (3 * 0 + 2 * 1 + 2 * 2) / 7.0;
                            assertEquals(mean, ranks.mean(7, ranks.number())[0], 1e-12);
                            return ranks.fromFirst(() -> "rank " + ranks.number());
                        })
                .forEach(said -> assertEquals("rank 0", said));
    }

    @Test
    void aDifferenceIsToldByRank0Alone() {
        List<RankException> failures =
                Threads.failing(
                        3,
                        ranks -> {
                            TreeMap<String, String> facts = new TreeMap<>();
                            facts.put("batch", ranks.number() == 2 ? "16" : "32");
                            ranks.requireSame(facts);
                            return "agreed";
                        });
        assertEquals(3, failures.size());
        for (int r = 0; r < 3; r++) {
            RankException failure = failures.get(r);
            assertTrue(
                    failure.getMessage().startsWith("batch is 32 on rank 0 but 16 on rank 2;"),
                    failure.getMessage());
            assertEquals(r > 0, failure.toldElsewhere());
        }
    }

    /** Longer than a message of a connection. */
    @Test
    void manyFactsAreComparedAsFew() {
        String labels = "3, ".repeat(Link.LONGEST / 2);
        Threads.together(
                2,
                ranks -> {
                    ranks.requireSame(new TreeMap<>(Map.of("labels", labels)));
                    return true;
                });
        List<RankException> failures =
                Threads.failing(
                        2,
                        ranks -> {
                            String last = ranks.first() ? "4" : "5";
                            ranks.requireSame(new TreeMap<>(Map.of("labels", labels + last)));
                            return true;
                        });
        assertTrue(failures.getFirst().getMessage().contains("5 on rank 1; start all"));
    }

    @Test
    void theFailureOfOneEndsTheOthersWithItsReason() {
        List<RankException> failures =
                Threads.failing(
                        3,
                        ranks -> {
                            if (ranks.number() == 1) {
                                throw new GetjException("no space left");
                            }
                            while (true) {
                                ranks.any(false);
                            }
                        });
        assertEquals(2, failures.size());
        for (RankException failure : failures) {
            assertTrue(failure.getMessage().startsWith("rank 1 (process "), failure.getMessage());
            assertTrue(failure.getMessage().endsWith(" failed: no space left"));
            assertTrue(failure.toldElsewhere());
        }
    }

    @Test
    void theSameFailureOfAllIsToldByRank0() {
        List<RankException> silent =
                Threads.failing(
                        3,
                        ranks -> {
                            throw new GetjException("nothing is there");
                        });
        assertEquals(2, silent.size());
        silent.forEach(failure -> assertTrue(failure.toldElsewhere()));
    }

    /** A connection that breaks, and one on which nothing comes any more. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRankThatIsGoneOrStoppedIsNamed(boolean gone) throws Exception {
        try (ServerSocket server = new ServerSocket(0);
                Socket other = new Socket("127.0.0.1", server.getLocalPort());
                Socket accepted = server.accept()) {
            Link link = link(accepted);
            Rank rank = new Rank(0, 2, 0, 2, Rank.Starter.TORCHRUN);
            try (Hub hub = new Hub(rank, List.of(link), 1)) {
                if (gone) {
                    other.close();
                }
                RankException lost =
                        assertThrows(RankException.class, () -> hub.exchange(new byte[1]));
                String what = gone ? " is gone: " : " has not answered for ";
                assertTrue(
                        lost.getMessage().startsWith("rank 1 (process 7 on here)" + what),
                        lost.getMessage());
                assertFalse(lost.toldElsewhere());
            }
        }
    }

    /** One that is stopped takes no data either: who sends them must not wait for ever. */
    @Test
    void oneThatSendsToAStoppedRankLearnsOfIt() throws Exception {
        try (ServerSocket server = new ServerSocket(0);
                Socket _ = new Socket("127.0.0.1", server.getLocalPort());
                Socket accepted = server.accept()) {
            Rank rank = new Rank(0, 2, 0, 2, Rank.Starter.TORCHRUN);
            try (Hub hub = new Hub(rank, List.of(link(accepted)), 1)) {
                byte[] message = new byte[Link.LONGEST];
                RankException lost =
                        assertThrows(
                                RankException.class,
                                () -> {
                                    while (true) {
                                        hub.send(hub.links().getFirst(), message);
                                    }
                                });
                assertTrue(lost.getMessage().contains(" has not answered for "));
            }
        }
    }

    /** As NCCL does while one of the ranks has not come. */
    @Test
    void oneThatWaitsInsideALibraryLearnsWhoIsGone() throws Exception {
        try (ServerSocket server = new ServerSocket(0);
                Socket other = new Socket("127.0.0.1", server.getLocalPort());
                Socket accepted = server.accept()) {
            Rank rank = new Rank(0, 2, 0, 2, Rank.Starter.TORCHRUN);
            try (Hub hub = new Hub(rank, List.of(link(accepted)), 30)) {
                CountDownLatch never = new CountDownLatch(1);
                other.close();
                RankException lost =
                        assertThrows(
                                RankException.class,
                                () ->
                                        hub.telling(
                                                () ->
                                                        new NativeThread()
                                                                .call(
                                                                        () -> awaited(never),
                                                                        hub::requireAll)));
                assertTrue(lost.getMessage().contains(" is gone: "), lost.getMessage());
            }
        }
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException ending) {
            throw new IllegalStateException(ending);
        }
    }

    private static Link link(Socket accepted) throws IOException {
        return new Link(
                accepted,
                new DataInputStream(accepted.getInputStream()),
                1,
                "rank 1 (process 7 on here)");
    }
}
