package dev.getj.kernels.tornado;

import dev.getj.kernels.Backend;
import dev.getj.kernels.CheckedKernels;
import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Programs as task graphs that TornadoVM compiles for a device, on which tensors stay. Recording is
 * cheap; the first run after it builds an execution plan and compiles each kernel when it is first
 * reached. Programs that differ in the offsets of their tensors alone, such as the blocks of a
 * network, share one compiled graph.
 */
public final class TornadoBackend implements Backend {
    private final String id;
    private final TornadoDevice device;
    private final KernelContext context = new KernelContext();
    private final List<TornadoBuffer> buffers = new ArrayList<>();
    private final Map<Integer, TornadoBuffer> scratch = new HashMap<>();
    private final Map<Integer, TornadoBuffer> absent = new HashMap<>();
    private final Map<List<DeviceTask.Key>, Integer> graphs = new LinkedHashMap<>();
    private final List<List<DeviceTask>> programs = new ArrayList<>();
    private final List<Integer> table = new ArrayList<>();
    private final Map<TornadoBuffer, Range> written = new HashMap<>();
    private DevicePlan plan;
    private boolean outdated = true;

    /** Elements that the host has written since the device last saw them. */
    private record Range(int from, int to) {
        Range and(int at, int count) {
            return new Range(Math.min(from, at), Math.max(to, at + count));
        }
    }

    /**
     * @param id as {@code --device} takes it
     */
    public TornadoBackend(String id, TornadoDevice device) {
        this.id = id;
        this.device = device;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String description() {
        return device.getPhysicalDevice().getDeviceName() + " through TornadoVM";
    }

    @Override
    public Tensor allocate(int... shape) {
        return new Tensor(buffer(Tensor.sizeOf(shape)), 0, shape);
    }

    @Override
    public IntTensor allocateInts(int size) {
        return new TornadoInts(size);
    }

    private TornadoBuffer buffer(int size) {
        TornadoBuffer buffer = new TornadoBuffer(this, size);
        buffers.add(buffer);
        outdated = true;
        return buffer;
    }

    /**
     * Memory for kernels of one launch: launches run one after the other, so those of equal size
     * share it.
     */
    TornadoBuffer scratch(int size) {
        return scratch.computeIfAbsent(size, this::buffer);
    }

    /** An array that stands for argument {@code position} where there is none. */
    TornadoBuffer absent(int position) {
        return absent.computeIfAbsent(position, _ -> buffer(1));
    }

    @Override
    public Program record(String name, Consumer<Kernels> launches) {
        List<DeviceTask> tasks = new ArrayList<>();
        launches.accept(new CheckedKernels(new TornadoKernels(this, context, tasks::add)));
        List<DeviceTask.Key> keys = tasks.stream().map(DeviceTask::key).toList();
        int graph =
                graphs.computeIfAbsent(
                        keys,
                        _ -> {
                            programs.add(tasks);
                            return programs.size() - 1;
                        });
        int start = table.size();
        tasks.forEach(task -> table.addAll(task.arrays().offsets()));
        outdated = true;
        List<TornadoBuffer> used =
                tasks.stream()
                        .flatMap(task -> task.arrays().buffers().stream())
                        .distinct()
                        .toList();
        return new Recorded(name, graph, start, used);
    }

    private final class Recorded implements Program {
        private final String name;
        private final int graph;
        private final int start;
        private final List<TornadoBuffer> used;

        Recorded(String name, int graph, int start, List<TornadoBuffer> used) {
            this.name = name;
            this.graph = graph;
            this.start = start;
            this.used = used;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void run() {
            prepare();
            used.forEach(TornadoBackend.this::flush);
            plan.run(graph, start);
            used.forEach(buffer -> buffer.ahead(true));
        }
    }

    private void prepare() {
        if (outdated) {
            if (plan != null) {
                buffers.stream().filter(TornadoBuffer::ahead).forEach(this::download);
                plan.close();
            }
            plan = new DevicePlan(device, context, programs, table, buffers);
            written.clear();
            outdated = false;
        }
    }

    private void flush(TornadoBuffer buffer) {
        Range range = written.remove(buffer);
        if (range != null) {
            plan.upload(buffer, range.from, range.to - range.from);
        }
    }

    /** To be told by a buffer whose host copy has changed. */
    void upload(TornadoBuffer buffer, int at, int count) {
        if (buffer.ahead() && written.containsKey(buffer)) {
            flush(buffer);
        }
        written.merge(
                buffer,
                new Range(at, at + count),
                (before, now) -> before.and(now.from, now.to - now.from));
    }

    /** Brings the host's copy of {@code buffer} up to date. */
    void download(TornadoBuffer buffer) {
        flush(buffer);
        plan.download(buffer);
        buffer.ahead(false);
    }

    @Override
    public void close() {
        if (plan != null) {
            plan.close();
            plan = null;
        }
        buffers.clear();
    }
}
