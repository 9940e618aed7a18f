package dev.getj.model;

import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;

/** What an operation leaves: its value, and when training what its backward pass reads. */
sealed interface Output {
    Tensor value();

    /** The second output of the operation, or null as {@link Kernels} has it where none is kept. */
    Tensor savedOrNull();

    /** When sampling. */
    record Value(Tensor value) implements Output {
        @Override
        public Tensor savedOrNull() {
            return null;
        }
    }

    /** When training. */
    record Saved(Tensor value, Tensor saved) implements Output {
        /** Both in one piece of memory, since one operation writes them. */
        static Saved allocate(Space space, int[] value, int[] saved) {
            List<Tensor> both = space.backend().allocateTogether(value, saved);
            return new Saved(both.get(0), both.get(1));
        }

        @Override
        public Tensor savedOrNull() {
            return saved;
        }
    }
}
