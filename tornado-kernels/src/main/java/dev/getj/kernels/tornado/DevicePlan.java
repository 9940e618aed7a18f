package dev.getj.kernels.tornado;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid3D;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All task graphs of a backend in one execution plan, sharing arrays that stay on the device.
 *
 * <p>{@code consumeFromDevice} looks at the graph that ran last, and only there. So every graph
 * consumes and persists every array, whether it uses it or not: whatever order graphs run in, the
 * last one knows them all. A first graph brings them onto the device.
 */
final class DevicePlan implements AutoCloseable {
    /**
     * Floats that one upload carries; a smaller one serves small tensors, such as the optimiser's
     * settings.
     */
    private static final int SENT = 1 << 20;

    private static final int SENT_SMALL = 1 << 12;

    private final KernelContext context;
    private final GridScheduler grids = new GridScheduler();
    private final List<ImmutableTaskGraph> graphs = new ArrayList<>();
    private final Object[] shared;
    private final IntArray offsets;
    private final IntArray row = new IntArray(1);
    private final IntArray range = new IntArray(2);
    private final FloatArray sent = new FloatArray(SENT);
    private final FloatArray sentSmall = new FloatArray(SENT_SMALL);
    private final Map<TornadoBuffer, Integer> uploads = new HashMap<>();
    private final Map<TornadoBuffer, Integer> downloads = new HashMap<>();
    private final TornadoExecutionPlan plan;

    /**
     * Puts the graphs together and the arrays, with what the host's copies hold, onto the device.
     *
     * @param programs tasks of each graph; graph i is run by {@link #run} with i
     * @param table offsets of all programs
     */
    DevicePlan(
            TornadoDevice device,
            KernelContext context,
            List<List<DeviceTask>> programs,
            List<Integer> table,
            List<TornadoBuffer> buffers) {
        this.context = context;
        row.init(0);
        offsets = IntArray.fromArray(table.stream().mapToInt(Integer::intValue).toArray());
        List<Object> arrays = new ArrayList<>(buffers.stream().map(TornadoBuffer::array).toList());
        arrays.add(offsets);
        shared = arrays.toArray();
        for (int i = 0; i < programs.size(); i++) {
            graphs.add(program("program" + i, programs.get(i)));
        }
        for (TornadoBuffer buffer : buffers) {
            uploads.put(buffer, add(upload("upload" + graphs.size(), buffer)));
            downloads.put(buffer, add(download("download" + graphs.size(), buffer)));
        }
        int begin = add(begin(buffers));
        plan = new TornadoExecutionPlan(graphs.toArray(ImmutableTaskGraph[]::new));
        plan.withDevice(device).withGridScheduler(grids);
        execute(begin);
        buffers.forEach(buffer -> buffer.ahead(false));
    }

    private int add(ImmutableTaskGraph graph) {
        graphs.add(graph);
        return graphs.size() - 1;
    }

    private ImmutableTaskGraph program(String name, List<DeviceTask> tasks) {
        TaskGraph graph = new TaskGraph(name).consumeFromDevice(shared);
        graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, row);
        tasks.stream()
                .flatMap(task -> task.arrays().allInts().stream())
                .distinct()
                .forEach(
                        ints ->
                                graph.transferToDevice(
                                        DataTransferMode.EVERY_EXECUTION, ints.array()));
        int column = 0;
        for (int i = 0; i < tasks.size(); i++) {
            DeviceTask task = tasks.get(i);
            String id = task.name() + i;
            task.adder().add(graph, id, new DeviceTask.Site(offsets, row, column));
            grids.addWorkerGrid(name + "." + id, grid(task.geometry()));
            column += task.arrays().offsets().size();
        }
        return graph.persistOnDevice(shared).snapshot();
    }

    private ImmutableTaskGraph upload(String name, TornadoBuffer buffer) {
        FloatArray carrier = carrier(buffer);
        grids.addWorkerGrid(
                name + ".copy",
                grid(Elementwise.geometry(Math.min(buffer.size(), carrier.getSize()))));
        return new TaskGraph(name)
                .consumeFromDevice(shared)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, range, carrier)
                .task("copy", Residence::copySent, context, range, carrier, buffer.array())
                .persistOnDevice(shared)
                .snapshot();
    }

    private FloatArray carrier(TornadoBuffer buffer) {
        return buffer.size() <= SENT_SMALL ? sentSmall : sent;
    }

    private ImmutableTaskGraph download(String name, TornadoBuffer buffer) {
        grids.addWorkerGrid(name + ".name", grid(Elementwise.geometry(1)));
        return new TaskGraph(name)
                .consumeFromDevice(shared)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, row)
                .task("name", Residence::nameArrays, context, row, buffer.array())
                .transferToHost(DataTransferMode.EVERY_EXECUTION, buffer.array())
                .persistOnDevice(shared)
                .snapshot();
    }

    private ImmutableTaskGraph begin(List<TornadoBuffer> buffers) {
        TaskGraph graph =
                new TaskGraph("begin")
                        .transferToDevice(DataTransferMode.FIRST_EXECUTION, shared)
                        .transferToDevice(DataTransferMode.EVERY_EXECUTION, row)
                        .task("offsets", Residence::nameOffsets, context, row, offsets);
        grids.addWorkerGrid("begin.offsets", grid(Elementwise.geometry(1)));
        for (int i = 0; i < buffers.size(); i++) {
            graph.task("name" + i, Residence::nameArrays, context, row, buffers.get(i).array());
            grids.addWorkerGrid("begin.name" + i, grid(Elementwise.geometry(1)));
        }
        return graph.persistOnDevice(shared).snapshot();
    }

    private static WorkerGrid grid(Geometry geometry) {
        WorkerGrid grid =
                new WorkerGrid3D(geometry.globalX(), geometry.globalY(), geometry.globalZ());
        grid.setLocalWork(geometry.localX(), geometry.localY(), geometry.localZ());
        return grid;
    }

    /** Runs graph {@code index} with the offsets that begin at {@code start} in the table. */
    void run(int index, int start) {
        row.set(0, start);
        execute(index);
    }

    /** Copies part of the host's copy to the device. */
    void upload(TornadoBuffer buffer, int at, int count) {
        FloatArray carrier = carrier(buffer);
        for (int done = 0; done < count; done += carrier.getSize()) {
            int part = Math.min(carrier.getSize(), count - done);
            for (int i = 0; i < part; i++) {
                carrier.set(i, buffer.array().get(at + done + i));
            }
            range.set(0, at + done);
            range.set(1, part);
            execute(uploads.get(buffer));
        }
    }

    /** Brings the host's copy up to date. */
    void download(TornadoBuffer buffer) {
        row.set(0, 0);
        execute(downloads.get(buffer));
    }

    private void execute(int index) {
        plan.withGraph(index).execute();
    }

    @Override
    public void close() {
        try {
            plan.close();
        } catch (TornadoExecutionPlanException e) {
            throw new IllegalStateException("the device's memory could not be released", e);
        }
    }
}
