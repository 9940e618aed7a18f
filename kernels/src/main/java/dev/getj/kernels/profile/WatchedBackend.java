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
 * to be asked when a result is NaN or infinite, by computing it once more. Otherwise nothing is
 * looked at, and nothing costs anything.
 */
public final class WatchedBackend implements Backend {
    private final Backend backend;
    private boolean watching;
    private Optional<String> found = Optional.empty();

    /**
     * @param backend closed with this one
     */
    public WatchedBackend(Backend backend) {
        this.backend = backend;
    }

    /**
     * Runs programs and looks at what each of their operations has left when its program is done.
     *
     * @return the first operation, in order, that left a value that is not finite, and in which
     *     program, such as {@code "layerNorm of 'block'"}; empty if none did
     */
    public Optional<String> firstNotFinite(Runnable work) {
        found = Optional.empty();
        watching = true;
        try {
            work.run();
        } finally {
            watching = false;
        }
        return found;
    }

    private final class Watched implements Program {
        private final Program program;

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
            program.run();
            if (watching && found.isEmpty()) {
                found =
                        operations().stream()
                                .filter(Watched::leavesNotFinite)
                                .findFirst()
                                .map(operation -> operation.name() + " of '" + name() + "'");
            }
        }

        // what later operations of the program have overwritten is theirs
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
