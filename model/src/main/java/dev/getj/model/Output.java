package dev.getj.model;

import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.DType;
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
        /** In floats, both in one piece of memory, since one operation writes them. */
        static Saved allocate(Space space, int[] value, int[] saved) {
            return together(space, space.backend().dtype(), value, saved);
        }

        /** Both of the type of factors, in one piece of memory. */
        static Saved factors(Space space, int[] value, int[] saved) {
            return together(space, space.factor(), value, saved);
        }

        /** The value of the type of factors; floats are saved, apart from it if it has 16 bits. */
        static Saved factor(Space space, int[] value, int[] saved) {
            return space.mixed()
                    ? new Saved(
                            space.backend().allocate(space.factor(), value),
                            space.backend().allocate(saved))
                    : allocate(space, value, saved);
        }

        private static Saved together(Space space, DType type, int[] value, int[] saved) {
            List<Tensor> both = space.backend().allocateTogether(type, value, saved);
            return new Saved(both.get(0), both.get(1));
        }

        @Override
        public Tensor savedOrNull() {
            return saved;
        }
    }
}
