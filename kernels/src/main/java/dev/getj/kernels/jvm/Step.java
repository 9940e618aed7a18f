package dev.getj.kernels.jvm;

import dev.getj.kernels.tensor.Tensor;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What computes one operation.
 *
 * @param body computes it alone
 * @param rows computes the same by rows, where every row is independent
 * @param outputs the tensors that it writes
 * @param modified their buffers
 */
record Step(Runnable body, Optional<RowWork> rows, List<Tensor> outputs, List<Storage> modified) {

    /** A step that is computed as a whole. */
    static Step whole(Runnable body, Collection<Tensor> outputs) {
        return of(body, Optional.empty(), outputs);
    }

    /** A step of independent rows, and what computes it alone. */
    static Step rows(RowWork rows, Runnable alone, Collection<Tensor> outputs) {
        return of(alone, Optional.of(rows), outputs);
    }

    private static Step of(Runnable body, Optional<RowWork> rows, Collection<Tensor> outputs) {
        List<Storage> modified = outputs.stream().map(Storage::of).distinct().toList();
        return new Step(body, rows, List.copyOf(outputs), modified);
    }

    void run() {
        body.run();
        changed();
    }

    /** To be called when the outputs have been written. */
    void changed() {
        for (int i = 0; i < modified.size(); i++) {
            modified.get(i).changed();
        }
    }
}
