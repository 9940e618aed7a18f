package dev.getj.kernels.tornado.runtime;

import dev.getj.kernels.Backend;
import dev.getj.kernels.DeviceCall;
import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Operation;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.kernels.tornado.OperationTasks;
import dev.getj.kernels.tornado.attention.AttentionTasks;
import dev.getj.kernels.tornado.emulator.Emulator;
import dev.getj.kernels.tornado.matmul.LibraryProducts;
import dev.getj.kernels.tornado.matmul.MatMulTasks;
import dev.getj.kernels.tornado.matmul.Tiling;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid3D;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The tasks of a device without a device: the kernels that they launch run on the emulator. */
public final class EmulatedBackend implements Backend, TornadoBuffer.Transfers {
    private static final Consumer<LibraryTaskDescriptor> NO_LIBRARY =
            _ -> {
                throw new IllegalStateException("there is no library here");
            };

    private static final int SIZE = 1 << 22;
    private static final int INTS = 1 << 10;
    // a row, a place and a column that are not 0, in a table that is wrong everywhere else
    private static final int ROW = 11;
    private static final int PLACE = 3;
    private static final int COLUMN = 5;
    // multiples of a step of small tiles, and of split ones
    private static final int SHORT_PART = 32;
    private static final int SPLIT_DEPTH = 32;

    private final FloatArray floats = new FloatArray(SIZE);
    private final LongArray words = new LongArray(SIZE / 2);
    private final List<TornadoInts> ints = new ArrayList<>();
    private final String description;
    private final Tasks.Recorder recorder;
    private final Consumer<LibraryTaskDescriptor> library;
    private final DeviceProfile profile;
    private DeviceMemory memory;
    private int nextInt;

    /**
     * Which tiles products use; weight gradients take one part with large ones, else many.
     * Attention takes few queries at once where products are sliced.
     */
    public enum Tiles {
        LARGE,
        SMALL,
        SLICED,
        SPLIT
    }

    public EmulatedBackend(Tiles tiles) {
        this("tiles " + tiles, recorder(tiles));
    }

    /** With what else depends on the device as on this one. */
    public EmulatedBackend(Tiles tiles, DeviceProfile profile) {
        this("tiles " + tiles + ", " + profile.device(), recorder(tiles), profile, NO_LIBRARY);
    }

    private static Tasks.Recorder recorder(Tiles tiles) {
        return new OperationTasks(
                new MatMulTasks(new ForcedTiling(tiles)),
                new AttentionTasks((_, _, _) -> tiles == Tiles.SLICED));
    }

    /** With the kernels that {@code recorder} chooses. */
    public EmulatedBackend(String description, Tasks.Recorder recorder) {
        this(description, recorder, NO_LIBRARY);
    }

    /** With a library, too. */
    public EmulatedBackend(
            String description, Tasks.Recorder recorder, Consumer<LibraryTaskDescriptor> library) {
        this(description, recorder, DeviceProfile.H200, library);
    }

    private EmulatedBackend(
            String description,
            Tasks.Recorder recorder,
            DeviceProfile profile,
            Consumer<LibraryTaskDescriptor> library) {
        this.profile = profile;
        this.description = description;
        this.recorder = recorder;
        this.library = library;
        clear();
    }

    /** Products by a library, but for those that {@code tiles} leaves to our kernels. */
    public static EmulatedBackend withLibrary(
            Tiles tiles, LibraryProducts products, Consumer<LibraryTaskDescriptor> library) {
        return new EmulatedBackend(
                "products by a library, tiles " + tiles,
                new OperationTasks(
                        new MatMulTasks(new ForcedTiling(tiles), Optional.of(products)),
                        new AttentionTasks((_, _, _) -> false)),
                library);
    }

    /** Kernels as with {@code tiles}, and a library for calls. */
    public static EmulatedBackend withLibrary(
            Tiles tiles, Consumer<LibraryTaskDescriptor> library) {
        return new EmulatedBackend("tiles " + tiles, recorder(tiles), library);
    }

    @Override
    public String id() {
        return "emulator";
    }

    @Override
    public String description() {
        return "work-groups emulated, " + description;
    }

    /** Takes back all tensors. */
    public void clear() {
        memory = new DeviceMemory((long) SIZE * Float.BYTES);
        ints.clear();
        nextInt = 1;
    }

    @Override
    public boolean mixes() {
        return true;
    }

    @Override
    public boolean tf32() {
        return recorder.tf32();
    }

    @Override
    public Tensor allocate(DType dtype, int... shape) {
        if (dtype.isHalf()) {
            int size = Tensor.sizeOf(shape);
            DeviceMemory.Place place = memory.allocateHalves(size);
            for (int i = 0; i < place.size(); i++) {
                words.set(place.offset() + i, 0L);
            }
            return new Tensor(new HalfBuffer(dtype, size, place, this), 0, shape);
        }
        DeviceMemory.Place place = memory.allocate(Tensor.sizeOf(shape));
        if (place.array() > 0) {
            throw new IllegalStateException("the emulator's memory is full: clear() it");
        }
        for (int i = 0; i < place.size(); i++) {
            floats.set(place.offset() + i, 0f);
        }
        return new Tensor(new TornadoBuffer(place, this), 0, shape);
    }

    @Override
    public IntTensor allocateInts(int size) {
        TornadoInts allocated = new TornadoInts(nextInt, size);
        nextInt += size;
        ints.add(allocated);
        return allocated;
    }

    private record ForcedTiling(Tiles tiles) implements Tiling {
        @Override
        public boolean large(int m, int n) {
            return tiles == Tiles.LARGE;
        }

        @Override
        public boolean sliced(int m, int n, int k) {
            return tiles == Tiles.SLICED;
        }

        @Override
        public boolean split(int m, int n, int k) {
            return tiles == Tiles.SPLIT;
        }

        @Override
        public int splitDepth(int m, int n, int k) {
            return SPLIT_DEPTH;
        }

        @Override
        public int mixedDepth(int m, int n, int k) {
            return tiles == Tiles.SPLIT ? SPLIT_DEPTH : k;
        }

        @Override
        public boolean mixedFew(int m, int n, int k) {
            return tiles == Tiles.SMALL;
        }

        @Override
        public boolean mixedSliced(int m, int n, int k) {
            return tiles == Tiles.SLICED;
        }

        @Override
        public int mixedWeightDepth(int m, int n, int k) {
            return mixedDepth(m, n, k);
        }

        @Override
        public boolean largeWeight(int m, int n) {
            return tiles == Tiles.LARGE;
        }

        @Override
        public int partDepth(int m, int n, int k) {
            return tiles == Tiles.LARGE
                    ? Tiling.of(DeviceProfile.H200).partDepth(m, n, k)
                    : SHORT_PART;
        }
    }

    @Override
    public Program compile(String name, List<Operation> operations) {
        return new Emulated(name, operations, Tasks.of(memory, profile, recorder, operations));
    }

    @Override
    public Optional<Runnable> calling(String name, Tensor tensor, DeviceCall call) {
        List<DeviceTask> task = List.of(CallTask.of(memory, 0, tensor, call));
        return Optional.of(new Emulated(name, List.of(), task)::run);
    }

    @Override
    public void close() {}

    @Override
    public void write(int array, int at, float[] source, int from, int count) {
        for (int i = 0; i < count; i++) {
            floats.set(at + i, source[from + i]);
        }
    }

    @Override
    public void read(int array, int at, float[] target, int to, int count) {
        for (int i = 0; i < count; i++) {
            target[to + i] = floats.get(at + i);
        }
    }

    @Override
    public void writeWords(int array, int at, long[] source) {
        for (int i = 0; i < source.length; i++) {
            words.set(at + i, source[i]);
        }
    }

    @Override
    public long[] readWords(int array, int at, int count) {
        long[] read = new long[count];
        Arrays.setAll(read, i -> words.get(at + i));
        return read;
    }

    private final class Emulated implements Program {
        private final String name;
        private final List<Operation> operations;
        private final List<DeviceTask> tasks;
        private final IntArray offsets;

        Emulated(String name, List<Operation> operations, List<DeviceTask> tasks) {
            this.name = name;
            this.operations = operations;
            this.tasks = tasks;
            List<Integer> own =
                    tasks.stream().flatMap(task -> task.arguments().offsets().stream()).toList();
            int[] table = new int[ROW + PLACE + COLUMN + own.size()];
            Arrays.fill(table, Arguments.ABSENT);
            for (int i = 0; i < own.size(); i++) {
                table[ROW + PLACE + COLUMN + i] = own.get(i);
            }
            offsets = IntArray.fromArray(table);
        }

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
            IntArray row = new IntArray(INTS);
            row.set(0, ROW);
            for (TornadoInts values : ints) {
                for (int i = 0; i < values.size(); i++) {
                    row.set(values.offset() + i, values.get(i));
                }
            }
            FloatArray scratch = new FloatArray(memory.size(DeviceMemory.SCRATCH));
            scratch.init(Float.NaN);
            int column = COLUMN;
            for (DeviceTask task : tasks) {
                task.addTo(
                        new EmulatedGraph(task, library),
                        task.name(),
                        new DeviceTask.Site(
                                new KernelContext(),
                                offsets,
                                row,
                                IntArray.fromElements(PLACE),
                                column,
                                row,
                                array -> array == DeviceMemory.SCRATCH ? scratch : floats,
                                _ -> words));
                column += task.arguments().offsets().size();
            }
        }
    }

    private static WorkerGrid grid(Geometry geometry) {
        WorkerGrid grid =
                new WorkerGrid3D(geometry.globalX(), geometry.globalY(), geometry.globalZ());
        grid.setLocalWork(geometry.localX(), geometry.localY(), geometry.localZ());
        return grid;
    }

    /** Runs a task as it is added. */
    private static final class EmulatedGraph extends TaskGraph {
        private final DeviceTask task;
        private final Consumer<LibraryTaskDescriptor> library;

        EmulatedGraph(DeviceTask task, Consumer<LibraryTaskDescriptor> library) {
            super("emulated");
            this.task = task;
            this.library = library;
        }

        @Override
        protected void launched(String id, Consumer<KernelContext> kernel) {
            Emulator.run(grid(task.geometry()), kernel);
        }

        @Override
        protected void called(String id, LibraryTaskDescriptor call) {
            library.accept(call);
        }
    }
}
