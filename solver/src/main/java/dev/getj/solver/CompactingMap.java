package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A map whose finished samples leave the batch. Programs have fixed shapes, so f is given for
 * several batch sizes, and the samples that are still wanted are moved together into the smallest
 * batch that holds them; for the solver they stay where they were. Every launch gives a sample the
 * same bits in any batch, so this changes how long a solve takes and nothing else.
 */
public final class CompactingMap implements FixedPointMap {
    private final FixedPointMap whole;
    private final List<Compact> sizes = new ArrayList<>();
    private Compact current;

    /**
     * f for one batch size.
     *
     * @param inputs what f reads besides z and differs from sample to sample, [B, …] each; in the
     *     same order for every size
     */
    public record Sized(FixedPointMap map, List<Tensor> inputs) {
        public Sized {
            inputs = List.copyOf(inputs);
        }

        int samples() {
            return map.state().dim(0);
        }
    }

    /** A smaller batch, and the programs that fill it and bring back its results. */
    private record Compact(
            Sized sized,
            IntTensor rows,
            IntTensor places,
            Program enter,
            Program in,
            Program out) {}

    /**
     * @param whole f for all samples: the solver sees its tensors
     * @param smaller f for fewer, in any order
     * @throws IllegalArgumentException if a size is not below the whole, or inputs do not match
     */
    public CompactingMap(Sized whole, List<Sized> smaller) {
        this.whole = whole.map;
        int samples = whole.samples();
        for (Sized sized : smaller) {
            if (sized.samples() >= samples) {
                throw new IllegalArgumentException(
                        "a smaller batch must have less than %s samples, not %s"
                                .formatted(samples, sized.samples()));
            }
            if (sized.inputs.size() != whole.inputs.size()) {
                throw new IllegalArgumentException(
                        "the batch of %s samples has %s inputs, that of %s has %s"
                                .formatted(
                                        samples,
                                        whole.inputs.size(),
                                        sized.samples(),
                                        sized.inputs.size()));
            }
            sizes.add(compact(whole, sized));
        }
        sizes.sort(Comparator.comparingInt(compact -> compact.sized.samples()));
    }

    private static Compact compact(Sized whole, Sized small) {
        Backend backend = whole.map.backend();
        IntTensor rows = backend.allocateInts(small.samples());
        IntTensor places = backend.allocateInts(whole.samples());
        Program enter =
                backend.record(
                        "inputs of the smaller batch",
                        k -> {
                            for (int i = 0; i < whole.inputs.size(); i++) {
                                k.embedding(
                                        flat(whole.inputs.get(i)), rows, flat(small.inputs.get(i)));
                            }
                        });
        Program in =
                backend.record(
                        "into the smaller batch",
                        k -> k.embedding(flat(whole.map.state()), rows, flat(small.map.state())));
        Program out =
                backend.record(
                        "out of the smaller batch",
                        k -> k.embedding(flat(small.map.next()), places, flat(whole.map.next())));
        return new Compact(small, rows, places, enter, in, out);
    }

    // [B, …] as a table of B rows
    private static Tensor flat(Tensor tensor) {
        return tensor.reshape(tensor.dim(0), tensor.size() / tensor.dim(0));
    }

    @Override
    public Backend backend() {
        return whole.backend();
    }

    @Override
    public Tensor state() {
        return whole.state();
    }

    @Override
    public Tensor next() {
        return whole.next();
    }

    /** {@inheritDoc} Reads the inputs of the whole batch, so call it again when they change. */
    @Override
    public void only(boolean[] wanted) {
        int count = 0;
        for (boolean each : wanted) {
            count += each ? 1 : 0;
        }
        int needed = count;
        current =
                sizes.stream()
                        .filter(compact -> compact.sized.samples() >= needed)
                        .findFirst()
                        .orElse(null);
        if (current == null) {
            return;
        }
        int[] rows = new int[current.sized.samples()];
        int[] places = new int[wanted.length];
        int filled = 0;
        for (int b = 0; b < wanted.length; b++) {
            if (wanted[b]) {
                places[b] = filled;
                rows[filled++] = b;
            }
        }
        // what is left over computes the first sample once more
        for (int i = filled; i < rows.length; i++) {
            rows[i] = rows[0];
        }
        current.rows.set(rows);
        current.places.set(places);
        current.enter.run();
    }

    @Override
    public void apply() {
        if (current == null) {
            whole.apply();
        } else {
            current.in.run();
            current.sized.map.apply();
            current.out.run();
        }
    }
}
