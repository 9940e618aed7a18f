package dev.getj.train.distributed;

import dev.getj.io.GetjException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Collectives of Open MPI on buffers of the host, through the Foreign Function API. Each rank adds
 * up a slice of the values: {@code MPI_Alltoall} brings it the slice of all ranks, {@code
 * MPI_Allgather} hands the sums out. That is the traffic of a ring, with an order of additions that
 * no choice of algorithm by MPI changes.
 *
 * <p>One thread makes all calls, the first included (MPI 3.1, section 12.4.3: {@code
 * MPI_THREAD_FUNNELED}).
 */
final class Mpi implements Collectives {
    private static final String LIBRARY = "libmpi.so.40";
    private static final int THREAD_FUNNELED = 1;

    private final Natives library;
    private final MemorySegment world;
    private final MemorySegment floats;
    private final MemorySegment bytes;
    private final MethodHandle alltoall;
    private final MethodHandle allgather;
    private final MethodHandle broadcast;
    private final int number;
    private final int size;
    private Arena arena = Arena.ofShared();
    private MemorySegment mine = MemorySegment.NULL;
    private MemorySegment slices = MemorySegment.NULL;

    /** Loads and initializes MPI, together with all other ranks. */
    Mpi(Rank rank) {
        library =
                Natives.load(
                        LIBRARY,
                        "install Open MPI (apt install openmpi-bin), load its module, or add its"
                                + " folder to LD_LIBRARY_PATH");
        world = library.symbol("ompi_mpi_comm_world");
        floats = library.symbol("ompi_mpi_float");
        bytes = library.symbol("ompi_mpi_byte");
        MethodHandle initialize =
                library.function(
                        "MPI_Init_thread",
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS);
        alltoall = library.function("MPI_Alltoall", exchange());
        allgather = library.function("MPI_Allgather", exchange());
        broadcast =
                library.function(
                        "MPI_Bcast",
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS);
        MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
        call(
                "MPI_Init_thread",
                () ->
                        (int)
                                initialize.invokeExact(
                                        MemorySegment.NULL,
                                        MemorySegment.NULL,
                                        THREAD_FUNNELED,
                                        number));
        // otherwise MPI ends the process where we would tell what happened, and save
        MethodHandle handler =
                library.function(
                        "MPI_Comm_set_errhandler", ValueLayout.ADDRESS, ValueLayout.ADDRESS);
        MemorySegment errors = library.symbol("ompi_mpi_errors_return");
        call("MPI_Comm_set_errhandler", () -> (int) handler.invokeExact(world, errors));
        this.number = ask("MPI_Comm_rank", number);
        size = ask("MPI_Comm_size", number);
        if (this.number != rank.number() || size != rank.size()) {
            throw new GetjException(
                    "MPI says rank %s of %s, but %s said %s of %s; start getj by the mpirun of the Open MPI that it loads (%s)"
                            .formatted(
                                    this.number,
                                    size,
                                    rank.starter().program(),
                                    rank.number(),
                                    rank.size(),
                                    LIBRARY));
        }
    }

    // of buffers of equal parts: send, count, type, receive, count, type, communicator
    private static MemoryLayout[] exchange() {
        return new MemoryLayout[] {
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.ADDRESS
        };
    }

    private static void call(String name, Natives.Call call) {
        int code = Natives.code(call);
        if (code != 0) {
            throw new GetjException(
                    "%s failed with code %s; mpirun's own lines say more".formatted(name, code));
        }
    }

    private int ask(String name, MemorySegment result) {
        MethodHandle function = library.function(name, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
        call(name, () -> (int) function.invokeExact(world, result));
        return result.get(ValueLayout.JAVA_INT, 0);
    }

    @Override
    public String name() {
        return "MPI";
    }

    @Override
    public void sum(float[] values, double[] weights) {
        int slice = (values.length + size - 1) / size;
        reserve(slice);
        MemorySegment.copy(values, 0, mine, ValueLayout.JAVA_FLOAT, 0, values.length);
        call(
                "MPI_Alltoall",
                () ->
                        (int)
                                alltoall.invokeExact(
                                        mine, slice, floats, slices, slice, floats, world));
        MemorySegment sums = mine.asSlice((long) number * slice * Float.BYTES);
        for (int i = 0; i < slice; i++) {
            double sum = 0;
            for (int r = 0; r < size; r++) {
                sum += weights[r] * slices.getAtIndex(ValueLayout.JAVA_FLOAT, (long) r * slice + i);
            }
            sums.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) sum);
        }
        call(
                "MPI_Allgather",
                () ->
                        (int)
                                allgather.invokeExact(
                                        sums, slice, floats, slices, slice, floats, world));
        MemorySegment.copy(slices, ValueLayout.JAVA_FLOAT, 0, values, 0, values.length);
    }

    private void reserve(int slice) {
        long needed = (long) slice * size * Float.BYTES;
        if (mine.byteSize() != needed) {
            arena.close();
            arena = Arena.ofShared();
            mine = arena.allocate(needed, Long.BYTES);
            slices = arena.allocate(needed, Long.BYTES);
        }
    }

    @Override
    public void copyFromFirst(float[] values) {
        try (Arena own = Arena.ofConfined()) {
            MemorySegment copied = own.allocate((long) values.length * Float.BYTES, Long.BYTES);
            MemorySegment.copy(values, 0, copied, ValueLayout.JAVA_FLOAT, 0, values.length);
            call(
                    "MPI_Bcast",
                    () -> (int) broadcast.invokeExact(copied, values.length, floats, 0, world));
            MemorySegment.copy(copied, ValueLayout.JAVA_FLOAT, 0, values, 0, values.length);
        }
    }

    /**
     * What rank 0 says, before there are other connections.
     *
     * @param text at most 1000 bytes
     */
    String fromFirst(String text) {
        try (Arena own = Arena.ofConfined()) {
            MemorySegment sent = own.allocate(1024);
            if (number == 0) {
                sent.setString(0, text);
            }
            call("MPI_Bcast", () -> (int) broadcast.invokeExact(sent, 1024, bytes, 0, world));
            return sent.getString(0);
        }
    }

    @Override
    public void close() {
        MethodHandle end = library.function("MPI_Finalize");
        call("MPI_Finalize", () -> (int) end.invokeExact());
        arena.close();
    }
}
