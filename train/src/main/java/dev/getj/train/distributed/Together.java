package dev.getj.train.distributed;

import dev.getj.kernels.Backend;
import dev.getj.kernels.tensor.Tensor;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Several processes. Collectives run on a thread of their own: they may never return. */
final class Together implements Ranks {
    private final Rank rank;
    private final Hub hub;
    private final NativeThread thread;
    private final Collectives collectives;
    private TensorSum summing = new TensorSum(0, "", _ -> {});
    private long waited;
    private long summed;
    private long sums;
    private final long begin = System.nanoTime();

    /**
     * @param thread makes all calls of {@code collectives}
     */
    Together(Rank rank, Hub hub, NativeThread thread, Collectives collectives) {
        this.rank = rank;
        this.hub = hub;
        this.thread = thread;
        this.collectives = collectives;
    }

    @Override
    public int number() {
        return rank.number();
    }

    @Override
    public int size() {
        return rank.size();
    }

    @Override
    public String fromFirst(Supplier<String> text) {
        byte[] mine = rank.first() ? Text.bytes(text.get()) : new byte[0];
        return Text.of(hub.fromFirst(mine));
    }

    @Override
    public void requireSame(SortedMap<String, String> facts) {
        List<byte[]> all = hub.exchange(Text.bytes(Facts.text(facts)));
        SortedMap<String, String> expected = Facts.of(Text.of(all.getFirst()));
        for (int r = 1; r < all.size(); r++) {
            int other = r;
            Facts.difference(expected, Facts.of(Text.of(all.get(r))))
                    .ifPresent(
                            found -> {
                                throw new RankException(
                                        "%s is %s on rank 0 but %s on rank %s; start all processes with the same command, files and version of getj"
                                                .formatted(
                                                        found.name(),
                                                        found.expected(),
                                                        found.found(),
                                                        other),
                                        !rank.first());
                            });
        }
    }

    @Override
    public void requireAll() {
        hub.requireAll();
    }

    @Override
    public double sum(double here) {
        return hub.exchange(ByteBuffer.allocate(Double.BYTES).putDouble(here).array()).stream()
                .mapToDouble(each -> ByteBuffer.wrap(each).getDouble())
                .sum();
    }

    @Override
    public float[] gather(float[] here) {
        int[] counts =
                hub
                        .exchange(ByteBuffer.allocate(Integer.BYTES).putInt(here.length).array())
                        .stream()
                        .mapToInt(each -> ByteBuffer.wrap(each).getInt())
                        .toArray();
        if (!rank.first()) {
            for (int at = 0; at < here.length; at += Sockets.PIECE) {
                hub.send(hub.links().getFirst(), Sockets.bytes(here, at));
            }
            return here;
        }
        float[] all =
                Arrays.copyOf(here, Math.toIntExact(Arrays.stream(counts).asLongStream().sum()));
        int next = here.length;
        for (Link link : hub.links()) {
            int end = next + counts[link.peer()];
            while (next < end) {
                int count = Math.min(Sockets.PIECE, end - next);
                Sockets.floats(hub.receive(link)).get(all, next, count);
                next += count;
            }
        }
        return all;
    }

    @Override
    public void copyFromFirst(Tensor tensor) {
        float[] copied = tensor.get();
        collectively(() -> collectives.copyFromFirst(copied));
        if (!rank.first()) {
            tensor.set(copied);
        }
    }

    @Override
    public boolean any(boolean here) {
        return hub.exchange(new byte[] {(byte) (here ? 1 : 0)}).stream()
                .anyMatch(each -> each[0] != 0);
    }

    @Override
    public double[] mean(int batch, double... here) {
        long start = System.nanoTime();
        ByteBuffer mine = ByteBuffer.allocate(here.length * Double.BYTES);
        for (double value : here) {
            mine.putDouble(value);
        }
        double[] mean = new double[here.length];
        double[] weights = weights(batch);
        List<byte[]> all = hub.exchange(mine.array());
        for (int r = 0; r < all.size(); r++) {
            ByteBuffer theirs = ByteBuffer.wrap(all.get(r));
            for (int i = 0; i < mean.length; i++) {
                mean[i] += weights[r] * theirs.getDouble();
            }
        }
        waited += System.nanoTime() - start;
        return mean;
    }

    private double[] weights(int batch) {
        double[] weights = new double[rank.size()];
        for (int r = 0; r < weights.length; r++) {
            weights[r] = Part.of(batch, r, weights.length).weight();
        }
        return weights;
    }

    @Override
    public Averaging averaging(Backend backend, Tensor gradients) {
        summing =
                switch (collectives) {
                    case Nccl nccl -> byNccl(nccl, backend, gradients);
                    case Mpi _, Sockets _ -> throughHost(gradients);
                };
        return batch -> {
            long start = System.nanoTime();
            summing.sum().accept(weights(batch));
            summed += System.nanoTime() - start;
            sums++;
        };
    }

    private TensorSum byNccl(Nccl nccl, Backend backend, Tensor gradients) {
        return TensorSum.onDevice(backend, gradients, nccl, this::collectively)
                .orElseGet(() -> throughHost(gradients).remarking(" through the host's memory"));
    }

    private TensorSum throughHost(Tensor gradients) {
        return TensorSum.throughHost(gradients, collectives, this::collectively);
    }

    // looks meanwhile whether all are still there
    private void collectively(Runnable operation) {
        hub.requireAll();
        thread.await(operation, this::requireSound);
    }

    private void requireSound() {
        hub.requireAll();
        collectives.requireSound();
    }

    @Override
    public String report() {
        double seconds = (System.nanoTime() - begin) * 1e-9;
        double each = sums == 0 ? 0 : summed * 1e-9 / sums;
        return String.format(
                Locale.ROOT,
                "%d processes by %s: gradients of %.1f MB summed in %.2f ms a step (%.2f GB/s),"
                        + " %.1f %% of the time; %.1f %% waiting for the slowest",
                rank.size(),
                collectives.name() + summing.remark(),
                summing.size() * 4e-6,
                each * 1e3,
                each == 0 ? 0 : summing.size() * 4e-9 / each,
                100 * summed * 1e-9 / seconds,
                100 * waited * 1e-9 / seconds);
    }

    @Override
    public <T> T during(Supplier<T> work) {
        T result =
                hub.telling(
                        () -> {
                            requireSame(new TreeMap<>(Map.of("the code of getj", CodeDigest.of())));
                            T made = work.get();
                            // none leaves before all have come to the end
                            any(false);
                            thread.await(collectives::close, hub::requireAll);
                            return made;
                        });
        hub.end();
        return result;
    }
}
