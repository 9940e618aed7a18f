package dev.getj.kernels.tornado.runtime;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.getj.kernels.CompilationListener;
import dev.getj.kernels.DeviceException;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid3D;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * All task graphs of a backend in one execution plan, over the arrays of {@link DeviceMemory},
 * which stay on the device.
 *
 * <p>{@code consumeFromDevice} looks at the graph that ran last, and only there. So every graph
 * consumes and persists every array, whether it uses it or not: whatever order graphs run in, the
 * last one knows them all. A first graph brings them onto the device, cleared.
 */
final class DevicePlan implements AutoCloseable {
    private final List<ImmutableTaskGraph> graphs = new ArrayList<>();
    private final GridScheduler grids = new GridScheduler();
    private final KernelContext context = new KernelContext();
    private final List<TornadoInts> ints;
    private final List<FloatArray> arrays;
    private final List<LongArray> words;
    private final FloatArray scratch;
    private final IntArray row;
    private final Sites sites;
    private final Object[] shared;
    private final List<Carrier> carriers;
    private final Optional<WordCarrier> wordCarrier;
    private final TornadoExecutionPlan plan;
    private final FirstRuns firstRuns;
    private final int programs;
    private final Optional<ProfilerClock> clock;

    /**
     * Puts the graphs together and clears the arrays on the device.
     *
     * @param programs tasks of each graph; graph i is run by {@link #run} with i
     * @param table offsets of all programs
     * @param ints sent along with every run, where their offsets say
     * @param clock told how long kernels take, where somebody wants to know, which makes every run
     *     longer
     */
    DevicePlan(
            TornadoDevice device,
            List<List<DeviceTask>> programs,
            List<Integer> table,
            DeviceMemory memory,
            List<TornadoInts> ints,
            CompilationListener listener,
            Optional<ProfilerClock> clock) {
        this.clock = clock;
        this.programs = programs.size();
        firstRuns = new FirstRuns(programs, listener);
        this.ints = List.copyOf(ints);
        arrays =
                IntStream.range(0, memory.arrays())
                        .mapToObj(array -> HostArrays.addresses(memory.size(array)))
                        .toList();
        words =
                IntStream.range(0, memory.wordArrays())
                        .mapToObj(i -> memory.size(DeviceMemory.WORDS + i))
                        .map(HostArrays::wordAddresses)
                        .toList();
        scratch = HostArrays.addresses(memory.size(DeviceMemory.SCRATCH));
        row = HostArrays.ints(1 + ints.stream().mapToInt(TornadoInts::size).sum());
        sites = new Sites(context, table, row, this::array, this::words);
        shared =
                Stream.of(arrays, words, List.of(scratch, sites.offsets()))
                        .flatMap(List::stream)
                        .toArray();
        // A graph of launches is replayed as one, of which no kernel is timed. What is sent once
        // stays there with it, and would be sent again at every execution without.
        boolean replayed =
                clock.isEmpty() && device.getTornadoVMBackend() == TornadoVMBackendType.CUDA;
        for (int i = 0; i < programs.size(); i++) {
            boolean captured = replayed && DeviceTask.captured(programs.get(i));
            graphs.add(program("program" + i, programs.get(i), captured));
        }
        carriers = Stream.of(Carrier.SMALL, Carrier.LARGE).map(this::carrier).toList();
        wordCarrier =
                words.isEmpty() ? Optional.empty() : Optional.of(new WordCarrier(words.size()));
        wordCarrier.ifPresent(this::addGraphs);
        int begin = add(begin());
        plan = new TornadoExecutionPlan(graphs.toArray(ImmutableTaskGraph[]::new));
        plan.withDevice(device).withGridScheduler(grids);
        if (clock.isPresent()) {
            plan.withProfiler(ProfilerMode.SILENT);
        } else if (replayed) {
            for (int i = 0; i < programs.size(); i++) {
                if (DeviceTask.captured(programs.get(i))) {
                    plan.withGraph(i).withCUDAGraph();
                }
            }
        }
        execute(begin);
        IntStream.range(0, arrays.size()).forEach(this::requireKept);
    }

    /**
     * A driver may lose what is written to a large array and say nothing, as PTX was seen to
     * (docs/tornadovm.md).
     */
    private void requireKept(int array) {
        float[] value = {1};
        int last = size(array) - 1;
        write(array, last, value, 0, 1);
        read(array, last, value, 0, 1);
        if (value[0] != 1) {
            throw new DeviceException(
                    String.format(
                                    Locale.ROOT,
                                    "the device does not keep what is written to an array of %.1f"
                                            + " GB: choose another",
                                    (long) Float.BYTES * size(array) * 1e-9)
                            + " driver (--device cuda), a smaller --batch or --recompute");
        }
        write(array, last, new float[1], 0, 1);
    }

    private int add(ImmutableTaskGraph graph) {
        graphs.add(graph);
        return graphs.size() - 1;
    }

    private void grid(TaskGraph graph, String id, Geometry geometry) {
        WorkerGrid grid =
                new WorkerGrid3D(geometry.globalX(), geometry.globalY(), geometry.globalZ());
        grid.setLocalWork(geometry.localX(), geometry.localY(), geometry.localZ());
        grids.addWorkerGrid(graph.getTaskGraphName() + "." + id, grid);
    }

    private ImmutableTaskGraph program(String name, List<DeviceTask> tasks, boolean captured) {
        TaskGraph graph = new TaskGraph(name).consumeFromDevice(shared);
        graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, row);
        int column = 0;
        for (int i = 0; i < tasks.size(); i++) {
            DeviceTask task = tasks.get(i);
            String id = task.name() + i;
            boolean kernel = task.kind() == DeviceTask.Kind.KERNEL;
            task.addTo(graph, id, sites.of(graph, captured && kernel, column));
            if (kernel) {
                grid(graph, id, task.geometry());
            }
            column += task.arguments().offsets().size();
        }
        return graph.persistOnDevice(shared).snapshot();
    }

    private FloatArray array(int number) {
        return number == DeviceMemory.SCRATCH ? scratch : arrays.get(number);
    }

    private LongArray words(int number) {
        return words.get(number - DeviceMemory.WORDS);
    }

    private ImmutableTaskGraph begin() {
        IntArray offsets = sites.offsets();
        TaskGraph graph =
                new TaskGraph("begin")
                        .transferToDevice(DataTransferMode.FIRST_EXECUTION, offsets)
                        .transferToDevice(DataTransferMode.EVERY_EXECUTION, row)
                        .task("offsets", Residence::nameOffsets, context, row, offsets);
        grid(graph, "offsets", Geometry.items(1, 1));
        for (int i = 0; i < arrays.size(); i++) {
            clear(graph, "clear" + i, arrays.get(i));
        }
        for (int i = 0; i < words.size(); i++) {
            graph.task("clearWords" + i, Residence::clearWords, context, words.get(i));
            grid(graph, "clearWords" + i, Geometry.items(words.get(i).getSize(), 1));
        }
        clear(graph, "clear", scratch);
        return graph.persistOnDevice(shared).snapshot();
    }

    private void clear(TaskGraph graph, String id, FloatArray array) {
        graph.task(id, Residence::clearArray, context, array);
        grid(graph, id, Geometry.items(array.getSize(), 1));
    }

    /** A host array that goes to the device and back, and the graphs that take it there. */
    private record Carrier(FloatArray floats, IntArray range, int[] send, int[] fetch) {
        /** Floats, such as the optimiser's settings, a small batch, or a part of the weights. */
        static final int SMALL = 1 << 12;

        static final int LARGE = 1 << 20;

        int size() {
            return floats.getSize();
        }

        // the floats, without the header of their array
        MemorySegment memory() {
            return floats.getSegment();
        }

        void range(int at, int count) {
            range.set(0, at);
            range.set(1, count);
        }
    }

    private Carrier carrier(int size) {
        int[] none = new int[arrays.size()];
        Carrier carrier =
                new Carrier(HostArrays.floats(size), HostArrays.ints(2), none, none.clone());
        for (int i = 0; i < arrays.size(); i++) {
            carrier.send[i] = add(send("send" + size + "to" + i, carrier, arrays.get(i)));
            carrier.fetch[i] = add(fetch("fetch" + size + "of" + i, carrier, arrays.get(i)));
        }
        return carrier;
    }

    private ImmutableTaskGraph send(String name, Carrier carrier, FloatArray to) {
        FloatArray sent = carrier.floats;
        TaskGraph graph =
                new TaskGraph(name)
                        .consumeFromDevice(shared)
                        .transferToDevice(DataTransferMode.EVERY_EXECUTION, carrier.range, sent)
                        .task("copy", Residence::copySent, context, carrier.range, sent, to);
        grid(graph, "copy", Geometry.items(carrier.size(), 1));
        return graph.persistOnDevice(shared).snapshot();
    }

    private ImmutableTaskGraph fetch(String name, Carrier carrier, FloatArray from) {
        FloatArray fetched = carrier.floats;
        TaskGraph graph =
                new TaskGraph(name)
                        .consumeFromDevice(shared)
                        .transferToDevice(DataTransferMode.EVERY_EXECUTION, carrier.range)
                        .task("copy", Residence::copyFetched, context, carrier.range, from, fetched)
                        .transferToHost(DataTransferMode.EVERY_EXECUTION, fetched);
        grid(graph, "copy", Geometry.items(carrier.size(), 1));
        return graph.persistOnDevice(shared).snapshot();
    }

    private void addGraphs(WordCarrier carrier) {
        for (int i = 0; i < words.size(); i++) {
            TaskGraph send = new TaskGraph("sendWords" + i).consumeFromDevice(shared);
            carrier.send(send, context, words.get(i));
            grid(send, WordCarrier.COPY, Geometry.items(WordCarrier.SIZE, 1));
            carrier.sending(i, add(send.persistOnDevice(shared).snapshot()));
            TaskGraph fetch = new TaskGraph("fetchWords" + i).consumeFromDevice(shared);
            carrier.fetch(fetch, context, words.get(i));
            grid(fetch, WordCarrier.COPY, Geometry.items(WordCarrier.SIZE, 1));
            carrier.fetching(i, add(fetch.persistOnDevice(shared).snapshot()));
        }
    }

    /** Runs graph {@code index} with the offsets that begin at {@code start} in the table. */
    void run(int index, int start) {
        row.set(0, Sites.row(start));
        for (TornadoInts values : ints) {
            for (int i = 0; i < values.size(); i++) {
                row.set(values.offset() + i, values.get(i));
            }
        }
        execute(index);
    }

    /** Floats, or words, of array {@code array}. */
    int size(int array) {
        return array < DeviceMemory.WORDS ? arrays.get(array).getSize() : words(array).getSize();
    }

    /** True if array {@code array} was there, up to {@code end}, when this plan was made. */
    boolean holds(int array, int end) {
        boolean there =
                array < DeviceMemory.WORDS
                        ? array < arrays.size()
                        : array - DeviceMemory.WORDS < words.size();
        return there && end <= size(array);
    }

    void writeWords(int array, int at, long[] source) {
        wordCarrier.orElseThrow().write(array - DeviceMemory.WORDS, at, source, this::execute);
    }

    long[] readWords(int array, int at, int count) {
        return wordCarrier.orElseThrow().read(array - DeviceMemory.WORDS, at, count, this::execute);
    }

    void write(int array, int at, float[] source, int from, int count) {
        Carrier carrier = carrierOf(count);
        for (int done = 0; done < count; done += carrier.size()) {
            int part = Math.min(carrier.size(), count - done);
            MemorySegment.copy(source, from + done, carrier.memory(), JAVA_FLOAT, 0, part);
            carrier.range(at + done, part);
            execute(carrier.send[array]);
        }
    }

    void read(int array, int at, float[] target, int to, int count) {
        Carrier carrier = carrierOf(count);
        for (int done = 0; done < count; done += carrier.size()) {
            int part = Math.min(carrier.size(), count - done);
            carrier.range(at + done, part);
            execute(carrier.fetch[array]);
            MemorySegment.copy(carrier.memory(), JAVA_FLOAT, 0, target, to + done, part);
        }
    }

    private Carrier carrierOf(int count) {
        return carriers.stream()
                .filter(carrier -> count <= carrier.size())
                .findFirst()
                .orElse(carriers.getLast());
    }

    private void execute(int index) {
        firstRuns.run(
                index,
                () -> {
                    TornadoExecutionResult result = plan.withGraph(index).execute();
                    clock.ifPresent(
                            times -> times.add(result.getProfilerResult(), index < programs));
                });
    }

    @Override
    public void close() {
        firstRuns.finish();
        try {
            plan.freeDeviceMemory();
            plan.close();
        } catch (TornadoExecutionPlanException e) {
            throw new IllegalStateException("the device's memory could not be released", e);
        }
    }
}
