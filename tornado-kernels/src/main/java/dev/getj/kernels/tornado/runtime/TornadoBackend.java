package dev.getj.kernels.tornado.runtime;

import dev.getj.kernels.Backend;
import dev.getj.kernels.CompilationListener;
import dev.getj.kernels.DeviceCall;
import dev.getj.kernels.DeviceClock;
import dev.getj.kernels.DeviceException;
import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Operation;
import dev.getj.kernels.tensor.Buffer;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.kernels.tornado.library.TensorCall;

import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Programs as task graphs that TornadoVM compiles for a device, on which tensors stay. Recording is
 * cheap; the first run after it builds an execution plan and compiles each kernel when it is first
 * reached, so all that is going to be run is best recorded before anything is. Programs that differ
 * in the offsets of their tensors alone, such as the blocks of a network, share one compiled graph.
 */
final class TornadoBackend implements Backend, TornadoBuffer.Transfers {
    private final String id;
    private final TornadoDevice device;
    private final DeviceProfile profile;
    private final Tasks.Recorder recorder;
    private final CompilationListener listener;
    private final DeviceMemory memory;
    private final List<TornadoInts> ints = new ArrayList<>();
    private int nextInt = 1;
    private final Map<List<DeviceTask.Key>, Integer> graphs = new LinkedHashMap<>();
    private final List<List<DeviceTask>> programs = new ArrayList<>();
    private final List<Integer> table = new ArrayList<>();
    private final List<Write> unsent = new ArrayList<>();
    private final List<WordWrite> unsentWords = new ArrayList<>();
    private DevicePlan plan;
    private Optional<ProfilerClock> clock = Optional.empty();
    private boolean outdated = true;

    /** What the host wrote when there was no place on the device yet. */
    private record Write(int array, int at, float[] values) {}

    /** The same of words. */
    private record WordWrite(int array, int at, long[] values) {}

    /** A graph, and where in the table the offsets begin that it is to run with. */
    private record Part(int graph, int start) {}

    /**
     * @param id as {@code --device} takes it
     * @param recorder chooses kernels
     */
    TornadoBackend(
            String id,
            TornadoDevice device,
            DeviceProfile profile,
            Tasks.Recorder recorder,
            CompilationListener listener) {
        this.id = id;
        this.profile = profile;
        this.recorder = recorder;
        this.listener = listener;
        this.device = device;
        memory = new DeviceMemory(device.getMaxAllocMemory());
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String description() {
        return device.getPhysicalDevice().getDeviceName()
                + " through TornadoVM"
                + recorder.remark();
    }

    @Override
    public Tensor allocate(DType dtype, int... shape) {
        int size = Tensor.sizeOf(shape);
        Buffer buffer =
                switch (dtype) {
                    case F32 -> new TornadoBuffer(memory.allocate(size), this);
                    case F16, BF16 -> {
                        requireMixed(dtype);
                        yield new HalfBuffer(dtype, size, memory.allocateHalves(size), this);
                    }
                    case F64 -> throw refusal(dtype);
                };
        outdated = true;
        return new Tensor(buffer, 0, shape);
    }

    private void requireMixed(DType dtype) {
        if (!mixes()) {
            throw refusal(dtype);
        }
    }

    private IllegalArgumentException refusal(DType dtype) {
        return new IllegalArgumentException(
                "%s: this device holds F32 tensors, not %s".formatted(id, dtype));
    }

    @Override
    public boolean mixes() {
        return device.getTornadoVMBackend() == TornadoVMBackendType.CUDA
                && TensorCores.in(String.valueOf(device.getDeviceInfo()));
    }

    @Override
    public boolean tf32() {
        return recorder.tf32();
    }

    @Override
    public IntTensor allocateInts(int size) {
        TornadoInts allocated = new TornadoInts(nextInt, size);
        nextInt += size;
        ints.add(allocated);
        outdated = true;
        return allocated;
    }

    @Override
    public Program compile(String name, List<Operation> operations) {
        List<Part> parts = new ArrayList<>();
        for (List<DeviceTask> graph : Graphs.cut(Tasks.of(memory, profile, recorder, operations))) {
            parts.add(part(graph));
        }
        outdated = true;
        return new Recorded(name, operations, parts);
    }

    @Override
    public Optional<Runnable> calling(String name, Tensor tensor, DeviceCall call) {
        if (device.getTornadoVMBackend() != TornadoVMBackendType.CUDA || !TensorCall.reachable()) {
            return Optional.empty();
        }
        // no other program has this number: calls are not shared
        Part part = part(List.of(CallTask.of(memory, programs.size(), tensor, call)));
        outdated = true;
        return Optional.of(new Recorded(name, List.of(), List.of(part))::run);
    }

    private Part part(List<DeviceTask> tasks) {
        boolean captured = DeviceTask.captured(tasks);
        List<DeviceTask.Key> keys = tasks.stream().map(task -> task.key(captured)).toList();
        int graph =
                graphs.computeIfAbsent(
                        keys,
                        _ -> {
                            programs.add(tasks);
                            return programs.size() - 1;
                        });
        int start = table.size();
        tasks.forEach(task -> table.addAll(task.arguments().offsets()));
        return new Part(graph, start);
    }

    private final class Recorded implements Program {
        private final String name;
        private final List<Operation> operations;
        private final List<Part> parts;

        Recorded(String name, List<Operation> operations, List<Part> parts) {
            this.name = name;
            this.operations = operations;
            this.parts = parts;
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
            prepare();
            clock.ifPresent(ProfilerClock::begin);
            parts.forEach(part -> plan.run(part.graph, part.start));
        }
    }

    @Override
    public boolean compiles() {
        return true;
    }

    @Override
    public Optional<DeviceClock> clock() {
        if (clock.isEmpty()) {
            if (plan != null) {
                throw new IllegalStateException("programs run already, and are not timed");
            }
            clock = Optional.of(new ProfilerClock());
        }
        return clock.map(DeviceClock.class::cast);
    }

    private void prepare() {
        if (!outdated) {
            return;
        }
        requireMemory();
        List<WordWrite> keptWords = plan == null ? List.of() : saveWords();
        List<Write> kept = plan == null ? List.of() : save();
        plan = new DevicePlan(device, programs, table, memory, ints, listener, clock);
        kept.forEach(this::send);
        keptWords.forEach(write -> plan.writeWords(write.array, write.at, write.values));
        unsent.forEach(this::send);
        unsent.clear();
        unsentWords.forEach(write -> plan.writeWords(write.array, write.at, write.values));
        unsentWords.clear();
        outdated = false;
    }

    private void requireMemory() {
        long needed = memory.bytes();
        long there = device.getMaxGlobalMemory();
        if (needed > there) {
            throw new DeviceException(
                    String.format(
                            Locale.ROOT,
                            "this needs %.1f GB on the device, %s has %.1f: lower --batch or use"
                                    + " --recompute",
                            needed * 1e-9,
                            description(),
                            there * 1e-9));
        }
    }

    private List<WordWrite> saveWords() {
        List<WordWrite> kept = new ArrayList<>();
        for (int array = DeviceMemory.WORDS; plan.holds(array, 0); array++) {
            kept.add(new WordWrite(array, 0, plan.readWords(array, 0, plan.size(array))));
        }
        return kept;
    }

    // the contents of the plan's arrays, which is closed
    private List<Write> save() {
        List<Write> kept = new ArrayList<>();
        for (int array = 0; plan.holds(array, 0); array++) {
            float[] values = new float[plan.size(array)];
            plan.read(array, 0, values, 0, values.length);
            kept.add(new Write(array, 0, values));
        }
        plan.close();
        plan = null;
        return kept;
    }

    private void send(Write write) {
        plan.write(write.array, write.at, write.values, 0, write.values.length);
    }

    @Override
    public void write(int array, int at, float[] source, int from, int count) {
        if (plan != null && plan.holds(array, at + count)) {
            plan.write(array, at, source, from, count);
        } else {
            unsent.removeIf(w -> w.array == array && w.at == at && w.values.length == count);
            unsent.add(new Write(array, at, Arrays.copyOfRange(source, from, from + count)));
        }
    }

    @Override
    public void read(int array, int at, float[] target, int to, int count) {
        if (plan != null && plan.holds(array, at + count)) {
            plan.read(array, at, target, to, count);
        } else {
            Arrays.fill(target, to, to + count, 0f);
            unsent.stream()
                    .filter(write -> write.array == array)
                    .forEach(write -> overlay(write, at, target, to, count));
        }
    }

    @Override
    public void writeWords(int array, int at, long[] words) {
        if (plan != null && plan.holds(array, at + words.length)) {
            plan.writeWords(array, at, words);
        } else {
            unsentWords.removeIf(
                    w -> w.array == array && w.at == at && w.values.length == words.length);
            unsentWords.add(new WordWrite(array, at, words.clone()));
        }
    }

    @Override
    public long[] readWords(int array, int at, int count) {
        if (plan != null && plan.holds(array, at + count)) {
            return plan.readWords(array, at, count);
        }
        long[] words = new long[count];
        for (WordWrite write : unsentWords) {
            int first = Math.max(at, write.at);
            int end = Math.min(at + count, write.at + write.values.length);
            if (write.array == array && first < end) {
                System.arraycopy(write.values, first - write.at, words, first - at, end - first);
            }
        }
        return words;
    }

    private static void overlay(Write write, int at, float[] target, int to, int count) {
        int first = Math.max(at, write.at);
        int end = Math.min(at + count, write.at + write.values.length);
        if (first < end) {
            System.arraycopy(write.values, first - write.at, target, to + first - at, end - first);
        }
    }

    @Override
    public void close() {
        if (plan != null) {
            plan.close();
            plan = null;
        }
        unsent.clear();
        unsentWords.clear();
    }
}
