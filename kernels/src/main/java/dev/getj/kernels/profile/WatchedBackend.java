package dev.getj.kernels.profile;

import dev.getj.kernels.Backend;
import dev.getj.kernels.DeviceCall;
import dev.getj.kernels.DeviceClock;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Operand;
import dev.getj.kernels.op.Operation;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;
import java.util.Optional;

/**
 * Another backend, whose programs tell on demand which operation leaves a value that is not finite:
 * to be asked when a result is NaN or infinite, by computing it again, twice. Otherwise nothing is
 * looked at, and nothing costs anything.
 */
public final class WatchedBackend implements Backend {
    private final Backend backend;
    private Optional<Search> search = Optional.empty();

    /**
     * @param backend closed with this one
     */
    public WatchedBackend(Backend backend) {
        this.backend = backend;
    }

    /**
     * Runs programs, and looks after each whether values are left that are not finite. If there
     * are, runs them again, the operations of the first such program one by one, as later ones may
     * overwrite what earlier ones left. That compiles these operations anew.
     *
     * @param work computes the same every time
     * @return the first operation, in order, that left a value that is not finite, in which program
     *     and, after the first, in which of its runs, such as {@code "layerNorm of 'block', run
     *     3"}; empty if none did
     */
    public Optional<String> firstNotFinite(Runnable work) {
        Search whole = search(new Search(Optional.empty()), work);
        return whole.where.isEmpty()
                ? Optional.empty()
                : search(new Search(whole.where), work).found.or(() -> whole.found);
    }

    private Search search(Search begun, Runnable work) {
        search = Optional.of(begun);
        try {
            work.run();
        } finally {
            search = Optional.empty();
        }
        return begun;
    }

    /** What is found while work runs. */
    private static final class Search {
        /** The program whose operations run, and are looked at, one by one; or all are, whole. */
        private final Optional<Watched> apart;

        private Optional<Watched> where = Optional.empty();
        private Optional<String> found = Optional.empty();
        private int runs;

        Search(Optional<Watched> apart) {
            this.apart = apart;
        }

        void run(Watched watched) {
            if (apart.isEmpty()) {
                watched.program.run();
                look(watched, watched.operations());
            } else if (apart.get() != watched) {
                watched.program.run();
            } else {
                runs++;
                for (Program operation : watched.apart()) {
                    operation.run();
                    look(watched, operation.operations());
                }
            }
        }

        private void look(Watched watched, List<Operation> operations) {
            if (found.isEmpty()) {
                found =
                        operations.stream()
                                .filter(Search::leavesNotFinite)
                                .findFirst()
                                .map(operation -> operation.name() + " of " + at(watched));
                where = found.map(_ -> watched);
            }
        }

        private String at(Watched watched) {
            return "'" + watched.name() + "'" + (runs > 1 ? ", run " + runs : "");
        }

        private static boolean leavesNotFinite(Operation operation) {
            return operation.operands().stream()
                    .filter(Operand::written)
                    .anyMatch(operand -> !finite(operand.tensor()));
        }

        private static boolean finite(Tensor tensor) {
            for (float value : tensor.get()) {
                if (!Float.isFinite(value)) {
                    return false;
                }
            }
            return true;
        }
    }

    private final class Watched implements Program {
        private final Program program;
        private List<Program> apart = List.of();

        Watched(Program program) {
            this.program = program;
        }

        @Override
        public String name() {
            return program.name();
        }

        @Override
        public List<Operation> operations() {
            return program.operations();
        }

        @Override
        public void run() {
            search.ifPresentOrElse(it -> it.run(this), program::run);
        }

        // kept, as a sampler may be asked for such values again
        private List<Program> apart() {
            if (apart.isEmpty()) {
                apart =
                        operations().stream()
                                .map(it -> backend.compile(name(), List.of(it)))
                                .toList();
            }
            return apart;
        }
    }

    @Override
    public Program compile(String name, List<Operation> operations) {
        return new Watched(backend.compile(name, operations));
    }

    @Override
    public String id() {
        return backend.id();
    }

    @Override
    public String description() {
        return backend.description();
    }

    @Override
    public DType dtype() {
        return backend.dtype();
    }

    @Override
    public Tensor allocate(DType dtype, int... shape) {
        return backend.allocate(dtype, shape);
    }

    @Override
    public IntTensor allocateInts(int size) {
        return backend.allocateInts(size);
    }

    @Override
    public boolean compiles() {
        return backend.compiles();
    }

    @Override
    public boolean mixes() {
        return backend.mixes();
    }

    @Override
    public boolean tf32() {
        return backend.tf32();
    }

    @Override
    public Optional<Runnable> calling(String name, Tensor tensor, DeviceCall call) {
        return backend.calling(name, tensor, call);
    }

    @Override
    public Optional<DeviceClock> clock() {
        return backend.clock();
    }

    @Override
    public void close() {
        backend.close();
    }
}
