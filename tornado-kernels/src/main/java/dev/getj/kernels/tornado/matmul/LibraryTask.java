package dev.getj.kernels.tornado.matmul;

import dev.getj.kernels.tensor.Tensor;
import dev.getj.kernels.tornado.library.LibraryCall;
import dev.getj.kernels.tornado.library.LibraryProduct;
import dev.getj.kernels.tornado.runtime.Arguments;
import dev.getj.kernels.tornado.runtime.DeviceTask;
import dev.getj.kernels.tornado.runtime.Tasks;

import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The operands of a library's product, which its task finds in the arrays of a device.
 *
 * @param bias floats
 * @param added of the type of y, or y itself
 */
record LibraryTask(Tensor a, Tensor b, Optional<Tensor> bias, Optional<Tensor> added, Tensor y) {
    /**
     * Adds the product to the tasks.
     *
     * @param longProduct operations from which on nothing is gained if starts are recorded
     * @param workspaceBytes what the library may use
     */
    void record(Tasks tasks, LibraryProduct product, double longProduct, int workspaceBytes) {
        Arguments arguments = tasks.arguments();
        matrix(arguments, LibraryCall.A, a);
        matrix(arguments, LibraryCall.B, b);
        arguments.tensor(LibraryCall.BIAS, bias);
        added.ifPresentOrElse(
                it -> matrix(arguments, LibraryCall.ADDED, it),
                () -> arguments.absent(LibraryCall.ADDED));
        matrix(arguments, LibraryCall.Y, y);
        // some in front of it, as it is to begin at a multiple
        int scratch = (workspaceBytes + LibraryCall.ALIGNMENT) / Float.BYTES;
        arguments.scratch(LibraryCall.WORKSPACE, scratch);
        tasks.call(
                "libraryProduct",
                arguments,
                List.of(
                        product.layout().ordinal(),
                        product.m(),
                        product.n(),
                        product.k(),
                        product.factors().ordinal(),
                        product.result().ordinal(),
                        product.biased() ? 1 : 0,
                        product.adds() ? 1 : 0),
                product.flops() > longProduct,
                (graph, id, at) ->
                        graph.libraryTask(
                                id, call -> call, descriptor(product, at, workspaceBytes)));
    }

    private static void matrix(Arguments arguments, int name, Tensor tensor) {
        if (tensor.dtype().isHalf()) {
            arguments.halves(name, tensor);
        } else {
            arguments.tensor(name, tensor);
        }
    }

    // TornadoVM wants each array once, and the one that is written to last
    private LibraryTaskDescriptor descriptor(
            LibraryProduct product, DeviceTask.Site at, int workspaceBytes) {
        Object written = array(at, LibraryCall.Y, y);
        List<Optional<Object>> ofOperands =
                List.of(
                        Optional.of(array(at, LibraryCall.A, a)),
                        Optional.of(array(at, LibraryCall.B, b)),
                        bias.map(it -> array(at, LibraryCall.BIAS, it)),
                        added.map(it -> array(at, LibraryCall.ADDED, it)),
                        Optional.of(written),
                        Optional.of(at.scratch()));
        List<Object> arrays = new ArrayList<>();
        for (Optional<Object> array : ofOperands) {
            array.filter(it -> it != written && position(arrays, it) == LibraryCall.NONE)
                    .ifPresent(arrays::add);
        }
        arrays.add(written);
        Access[] access = new Access[arrays.size()];
        Arrays.fill(access, Access.READ_ONLY);
        access[access.length - 1] = Access.READ_WRITE;
        List<Integer> arguments =
                ofOperands.stream()
                        .map(it -> it.map(array -> position(arrays, array)))
                        .map(it -> it.orElse(LibraryCall.NONE))
                        .toList();
        return new LibraryTaskDescriptor()
                .withLibrary(LibraryCall.LIBRARY)
                .withFunction(LibraryCall.FUNCTION)
                .withParameters(arrays.toArray())
                .withAccess(access)
                .withTuning(
                        new LibraryCall(
                                product,
                                arguments,
                                at.offsets(),
                                at.row(),
                                at.position(),
                                workspaceBytes));
    }

    private static Object array(DeviceTask.Site at, int name, Tensor tensor) {
        return tensor.dtype().isHalf() ? at.words(name) : at.array(name);
    }

    // the same array, not an equal one
    private static int position(List<Object> arrays, Object array) {
        for (int i = 0; i < arrays.size(); i++) {
            if (arrays.get(i) == array) {
                return i;
            }
        }
        return LibraryCall.NONE;
    }
}
