package dev.getj.train.distributed;

import dev.getj.io.GetjException;
import dev.getj.kernels.DeviceCall;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * NVIDIA's collectives, between GPUs of one machine or of several, through the Foreign Function API.
 * They run in the device's primary context, which is not TornadoVM's: values are copied to memory of
 * that context, from a tensor of the other one or from the host. Sums are in float, in an order that
 * NCCL chooses by the number of ranks and how they are connected.
 *
 * <p>One thread makes all calls but {@link #take}, {@link #give} and {@link #requireSound}, the
 * first included.
 */
final class Nccl implements Collectives, DeviceSums {
    private static final int FLOAT = 7;
    private static final int HOST_IMMEDIATE = 1;
    private static final int IN_PROGRESS = 7;
    private static final int ID_BYTES = 128;
    private static final int PIECE = 1 << 20;

    /** A struct of 128 bytes, passed by value. */
    private static final StructLayout ID =
            MemoryLayout.structLayout(
                    MemoryLayout.sequenceLayout(ID_BYTES / 8, ValueLayout.JAVA_LONG));

    private static final MemoryLayout POINTER = ValueLayout.ADDRESS;
    private static final MemoryLayout INT = ValueLayout.JAVA_INT;
    private static final MemoryLayout LONG = ValueLayout.JAVA_LONG;

    private final Natives nccl;
    private final Cuda cuda;
    private final Arena arena = Arena.ofShared();
    private final MethodHandle allReduce;
    private final MethodHandle broadcast;
    private final MethodHandle asynchronousError;
    private final int number;
    private final MemorySegment communicator;
    private double[] weights = new double[0];
    private int weighted;
    private MemorySegment host = MemorySegment.NULL;
    private MemorySegment device = MemorySegment.NULL;

    private Nccl(Rank rank, Natives nccl, byte[] id) {
        this.nccl = nccl;
        number = rank.number();
        cuda = new Cuda();
        allReduce =
                nccl.function("ncclAllReduce", POINTER, POINTER, LONG, INT, INT, POINTER, POINTER);
        broadcast =
                nccl.function("ncclBroadcast", POINTER, POINTER, LONG, INT, INT, POINTER, POINTER);
        asynchronousError = nccl.function("ncclCommGetAsyncError", POINTER, POINTER);
        MethodHandle initialize = nccl.function("ncclCommInitRank", POINTER, INT, ID, INT);
        MemorySegment made = arena.allocate(POINTER);
        MemorySegment struct = arena.allocate(ID);
        MemorySegment.copy(id, 0, struct, ValueLayout.JAVA_BYTE, 0, ID_BYTES);
        check(
                "ncclCommInitRank",
                () -> (int) initialize.invokeExact(made, rank.size(), struct, number));
        communicator = made.get(ValueLayout.ADDRESS, 0);
    }

    /**
     * Joins all ranks, on the first visible GPU of each.
     *
     * @param hub takes the identifier of the group from rank 0 to the others
     * @throws GetjException if NCCL or the driver is missing, or two ranks have the same GPU
     */
    static Nccl join(Rank rank, Hub hub) {
        Natives nccl =
                Natives.load(
                        "libnccl.so.2",
                        "install NCCL (apt install libnccl2), add its folder to LD_LIBRARY_PATH, or"
                                + " give --collectives mpi or sockets");
        byte[] mine = rank.first() ? identifier(nccl) : new byte[0];
        return new Nccl(rank, nccl, hub.fromFirst(mine));
    }

    private static byte[] identifier(Natives nccl) {
        try (Arena own = Arena.ofConfined()) {
            MemorySegment id = own.allocate(ID);
            MethodHandle make = nccl.function("ncclGetUniqueId", POINTER);
            check(nccl, "ncclGetUniqueId", () -> (int) make.invokeExact(id));
            return id.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private void check(String name, Natives.Call call) {
        check(nccl, name, call);
    }

    private static void check(Natives nccl, String name, Natives.Call call) {
        int code = Natives.code(call);
        if (code != 0) {
            throw new GetjException(
                    "%s failed: %s; NCCL_DEBUG=WARN says more".formatted(name, reason(nccl, code)));
        }
    }

    private static String reason(Natives nccl, int code) {
        MethodHandle describe =
                Linker.nativeLinker()
                        .downcallHandle(
                                nccl.symbol("ncclGetErrorString"),
                                FunctionDescriptor.of(POINTER, INT));
        try {
            MemorySegment text = (MemorySegment) describe.invokeExact(code);
            return text.reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable unknown) {
            return "code " + code;
        }
    }

    @Override
    public String name() {
        return "NCCL";
    }

    // a broken network leaves the device waiting though all ranks are there
    @Override
    public void requireSound() {
        try (Arena own = Arena.ofConfined()) {
            MemorySegment state = own.allocate(INT);
            check(
                    "ncclCommGetAsyncError",
                    () -> (int) asynchronousError.invokeExact(communicator, state));
            int code = state.get(ValueLayout.JAVA_INT, 0);
            if (code != IN_PROGRESS) {
                check("a sum by NCCL", () -> code);
            }
        }
    }

    @Override
    public void sum(float[] values, double[] weights) {
        reserve(values.length);
        reservePinned(values.length);
        toPinned(values);
        cuda.toDevice(device, host, bytes(values.length));
        allReduce(values.length, weights);
        cuda.toHost(host, device, bytes(values.length));
        fromPinned(values);
    }

    private void allReduce(int count, double[] weights) {
        int operation = weighted(weights);
        check(
                "ncclAllReduce",
                () ->
                        (int)
                                allReduce.invokeExact(
                                        device,
                                        device,
                                        (long) count,
                                        FLOAT,
                                        operation,
                                        communicator,
                                        MemorySegment.NULL));
    }

    @Override
    public void take(DeviceCall.Place tensor) {
        cuda.copyFrom(tensor, device);
    }

    @Override
    public void give(DeviceCall.Place tensor) {
        cuda.copyTo(tensor, device);
    }

    @Override
    public void sumTaken(int count, double[] weights) {
        allReduce(count, weights);
        cuda.await();
    }

    /** The operation that multiplies by this rank's weight before it adds. */
    private int weighted(double[] wanted) {
        if (!Arrays.equals(weights, wanted)) {
            MethodHandle create =
                    nccl.function("ncclRedOpCreatePreMulSum", POINTER, POINTER, INT, INT, POINTER);
            try (Arena own = Arena.ofConfined()) {
                MemorySegment made = own.allocate(INT);
                MemorySegment factor =
                        own.allocateFrom(ValueLayout.JAVA_FLOAT, (float) wanted[number]);
                check(
                        "ncclRedOpCreatePreMulSum",
                        () ->
                                (int)
                                        create.invokeExact(
                                                made, factor, FLOAT, HOST_IMMEDIATE, communicator));
                releaseWeighted();
                weighted = made.get(ValueLayout.JAVA_INT, 0);
            }
            weights = wanted.clone();
        }
        return weighted;
    }

    // all sums that were begun with it are done
    private void releaseWeighted() {
        if (weights.length > 0) {
            MethodHandle destroy = nccl.function("ncclRedOpDestroy", INT, POINTER);
            check("ncclRedOpDestroy", () -> (int) destroy.invokeExact(weighted, communicator));
        }
    }

    @Override
    public void copyFromFirst(float[] values) {
        reserve(values.length);
        reservePinned(values.length);
        toPinned(values);
        cuda.toDevice(device, host, bytes(values.length));
        check(
                "ncclBroadcast",
                () ->
                        (int)
                                broadcast.invokeExact(
                                        device,
                                        device,
                                        (long) values.length,
                                        FLOAT,
                                        0,
                                        communicator,
                                        MemorySegment.NULL));
        cuda.toHost(host, device, bytes(values.length));
        fromPinned(values);
    }

    // one core does not reach what memory can: the pieces are copied by several
    private void toPinned(float[] values) {
        pieces(
                values.length,
                (at, count) ->
                        MemorySegment.copy(
                                values,
                                at,
                                host,
                                ValueLayout.JAVA_FLOAT,
                                (long) at * Float.BYTES,
                                count));
    }

    private void fromPinned(float[] values) {
        pieces(
                values.length,
                (at, count) ->
                        MemorySegment.copy(
                                host,
                                ValueLayout.JAVA_FLOAT,
                                (long) at * Float.BYTES,
                                values,
                                at,
                                count));
    }

    private interface Copy {
        void piece(int at, int count);
    }

    private static void pieces(int size, Copy copy) {
        IntStream.range(0, Math.ceilDiv(size, PIECE))
                .parallel()
                .forEach(i -> copy.piece(i * PIECE, Math.min(PIECE, size - i * PIECE)));
    }

    private static long bytes(int count) {
        return (long) count * Float.BYTES;
    }

    @Override
    public void reserve(int count) {
        if (device.byteSize() < bytes(count)) {
            cuda.free(device);
            device = MemorySegment.NULL;
            device = cuda.allocate(bytes(count));
        }
    }

    private void reservePinned(int count) {
        if (host.byteSize() < bytes(count)) {
            cuda.freeHost(host);
            host = MemorySegment.NULL;
            host = cuda.allocateHost(bytes(count));
        }
    }

    @Override
    public void close() {
        MethodHandle destroy = nccl.function("ncclCommDestroy", POINTER);
        releaseWeighted();
        cuda.freeHost(host);
        cuda.free(device);
        check("ncclCommDestroy", () -> (int) destroy.invokeExact(communicator));
        arena.close();
    }
}
