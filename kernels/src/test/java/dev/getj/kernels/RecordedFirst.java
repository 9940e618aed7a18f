package dev.getj.kernels;

import dev.getj.kernels.op.Operation;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;

/**
 * A backend that compiles, as devices do: it refuses what is recorded or allocated after something
 * ran, which a device would compile everything anew for.
 */
public final class RecordedFirst extends ForwardingBackend {
    private boolean ran;

    public RecordedFirst(Backend backend) {
        super(backend);
    }

    private void require(String what) {
        if (ran) {
            throw new AssertionError(what + " after a program ran");
        }
    }

    @Override
    public Tensor allocate(DType dtype, int... shape) {
        require("memory is allocated");
        return super.allocate(dtype, shape);
    }

    @Override
    public IntTensor allocateInts(int size) {
        require("memory is allocated");
        return super.allocateInts(size);
    }

    @Override
    public Program compile(String name, List<Operation> operations) {
        require("'" + name + "' is recorded");
        Program program = super.compile(name, operations);
        return new Program() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public List<Operation> operations() {
                return operations;
            }

            @Override
            public void run() {
                ran = true;
                program.run();
            }
        };
    }

    @Override
    public boolean compiles() {
        return true;
    }
}
