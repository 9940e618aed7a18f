package dev.getj.cli;

import dev.getj.onnx.OnnxExport;
import dev.getj.sample.SampleRequest;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.concurrent.Callable;

/** {@code getj export}: the sampler for other runtimes. */
@Command(
        name = "export",
        description = {
            "Write a sampler as an ONNX model.",
            "Noise, label and, where the iterations begin at noise, z0 in; image out; the"
                    + " iterations",
            "unrolled, the weights inside."
        })
final class ExportCommand implements Callable<Integer> {
    record Result(String out, int iterations, long bytes) {}

    @Mixin private CommonOptions common;

    @ArgGroup(multiplicity = "1")
    private WeightsSource source;

    @Option(
            names = "--out",
            paramLabel = "OUT.onnx",
            required = true,
            description = "File to write.")
    private Path out;

    @Option(
            names = "--iterations",
            paramLabel = "K",
            defaultValue = "" + SampleRequest.DEFAULT_ITERATIONS,
            description = "Applications of the equilibrium map (default: ${DEFAULT-VALUE}).")
    private int iterations;

    @Override
    public Integer call() {
        OnnxExport done =
                Interrupt.abandoning(() -> OnnxExport.write(source.location(), iterations, out));
        Result result = new Result(out.toString(), done.iterations(), done.bytes());
        common.print(
                result,
                () ->
                        "%s: %s, %s iterations, %s"
                                .formatted(
                                        out,
                                        done.config().describe(),
                                        done.iterations(),
                                        Bytes.text(done.bytes())));
        return 0;
    }
}
