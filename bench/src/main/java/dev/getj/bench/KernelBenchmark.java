package dev.getj.bench;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.op.Operation;
import dev.getj.model.Presets;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** An operation by JMH; {@link KernelTable} sets the parameters. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class KernelBenchmark {
    /** Name of the operation. */
    @Param("linear")
    public String kernel;

    @Param("GET-T/2")
    public String model;

    @Param("8")
    public int batch;

    @Param("2")
    public int threads;

    private Backend backend;
    private Program program;

    @Setup
    public void record() {
        backend = Backends.jvm(threads);
        Operation operation =
                NetworkOperations.of(backend, Presets.byName(model), batch).get(kernel);
        program = backend.compile(kernel, List.of(operation));
    }

    @Benchmark
    public void launch() {
        program.run();
    }

    @TearDown
    public void close() {
        backend.close();
    }
}
