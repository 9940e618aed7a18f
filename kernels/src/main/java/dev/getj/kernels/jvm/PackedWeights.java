package dev.getj.kernels.jvm;

import dev.getj.kernels.tensor.Tensor;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Packed copies of weights, one for each weight and orientation, shared by all launches and
 * programs of a backend. A copy is made anew at the start of a launch if the weight's buffer has
 * been written to since.
 *
 * <p>Launches hold their copy, this table only knows of it: when the programs go, so do the copies.
 */
final class PackedWeights {
    private record View(int offset, int outputs, int inputs, boolean transposed) {}

    private final Workers workers;
    private final Map<JvmBuffer, Map<View, WeakReference<PackedWeight>>> known =
            new WeakHashMap<>();

    PackedWeights(Workers workers) {
        this.workers = workers;
    }

    /** The weight [O, I] as the right-hand side of {@code x Wᵀ}: a matrix [I, O]. */
    PackedWeight forward(Tensor weight) {
        return of(weight, true);
    }

    /** The weight [O, I] as the right-hand side of {@code dY W}: a matrix [O, I]. */
    PackedWeight backward(Tensor weight) {
        return of(weight, false);
    }

    private PackedWeight of(Tensor weight, boolean transposed) {
        Map<View, WeakReference<PackedWeight>> views =
                known.computeIfAbsent(JvmBuffer.of(weight), buffer -> new HashMap<>());
        View view = new View(weight.offset(), weight.dim(0), weight.dim(1), transposed);
        WeakReference<PackedWeight> reference = views.get(view);
        PackedWeight packed = reference == null ? null : reference.get();
        if (packed == null) {
            packed = new PackedWeight(workers, weight, transposed);
            views.put(view, new WeakReference<>(packed));
        }
        return packed;
    }
}
