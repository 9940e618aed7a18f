package dev.getj.kernels.tornado.runtime;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Host memory of TornadoVM's arrays. TornadoVM pins the memory of every array it is given, by whole
 * pages, and takes memory for pinned of which only a part is; CUDA then refuses the copy, and the
 * array keeps what it held. So no array here shares a page with another.
 */
final class HostArrays {
    private static final long PAGE = 4096;

    // Of mmap(2) and mprotect(2) on Linux.
    private static final int PROT_NONE = 0;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x02 | 0x20 | 0x4000;
    private static final long MAP_FAILED = -1;

    private HostArrays() {}

    static FloatArray floats(int size) {
        return FloatArray.fromSegmentShallow(ownPages(bytes(size)));
    }

    static IntArray ints(int size) {
        return IntArray.fromSegmentShallow(ownPages(bytes(size)));
    }

    static LongArray words(int size) {
        return LongArray.fromSegmentShallow(ownPages(bytes(size, Long.BYTES)));
    }

    /**
     * An array as long as the one on the device, to or from which nothing is ever copied: addresses
     * without memory behind them but for the first page, as a host need not have the memory of its
     * device. They cannot be pinned. Elsewhere than on Linux, an ordinary array.
     *
     * @param size floats
     */
    static FloatArray addresses(int size) {
        if (!System.getProperty("os.name").equals("Linux")) {
            return floats(size);
        }
        return FloatArray.fromSegmentShallow(reserved(bytes(size)));
    }

    /** The same of words. */
    static LongArray wordAddresses(int size) {
        if (!System.getProperty("os.name").equals("Linux")) {
            return words(size);
        }
        return LongArray.fromSegmentShallow(reserved(bytes(size, Long.BYTES)));
    }

    private static long bytes(int size) {
        return bytes(size, Float.BYTES);
    }

    private static long bytes(int size, int element) {
        return TornadoNativeArray.ARRAY_HEADER + (long) size * element;
    }

    private static long pages(long bytes) {
        return Math.ceilDiv(bytes, PAGE) * PAGE;
    }

    private static MemorySegment ownPages(long bytes) {
        return Arena.ofAuto().allocate(pages(bytes), PAGE).asSlice(0, bytes);
    }

    private static MemorySegment reserved(long bytes) {
        long length = pages(bytes);
        try {
            MemorySegment start =
                    (MemorySegment)
                            Calls.MMAP.invokeExact(
                                    MemorySegment.NULL,
                                    length,
                                    PROT_NONE,
                                    MAP_PRIVATE_ANONYMOUS_NORESERVE,
                                    -1,
                                    0L);
            if (start.address() == MAP_FAILED
                    || (int) Calls.MPROTECT.invokeExact(start, PAGE, PROT_READ_WRITE) != 0) {
                throw new OutOfMemoryError("no " + bytes + " bytes of addresses");
            }
            return start.reinterpret(bytes, Arena.ofAuto(), memory -> release(memory, length));
        } catch (Error e) {
            throw e;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static void release(MemorySegment start, long length) {
        try {
            int ignored = (int) Calls.MUNMAP.invokeExact(start, length);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Of the C library, looked up on Linux only. */
    private static final class Calls {
        static final MethodHandle MMAP =
                function(
                        "mmap",
                        FunctionDescriptor.of(
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_LONG));
        static final MethodHandle MPROTECT =
                function(
                        "mprotect",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT));
        static final MethodHandle MUNMAP =
                function(
                        "munmap",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));

        private static MethodHandle function(String name, FunctionDescriptor types) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), types);
        }
    }
}
