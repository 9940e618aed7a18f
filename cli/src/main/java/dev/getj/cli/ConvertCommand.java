package dev.getj.cli;

import dev.getj.convert.Conversion;
import dev.getj.model.ModelConfig;
import dev.getj.sample.Sampler;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code getj convert}: weights between PyTorch and getj. */
@Command(
        name = "convert",
        description = {
            "Rewrite weights: a torch checkpoint as safetensors, and back; a run's as a small"
                    + " file.",
            "The end of OUT tells which: .safetensors, or .pt, .pth, .pkl, .bin for a state_dict",
            "that PyTorch loads."
        })
final class ConvertCommand implements Callable<Integer> {
    record Result(int tensors, long parameters) {}

    @Mixin private CommonOptions common;

    @Parameters(
            index = "0",
            paramLabel = "IN",
            description = "File of torch.save, safetensors, or npz arrays; or a run directory.")
    private Path in;

    @Parameters(index = "1", paramLabel = "OUT", description = "File to write.")
    private Path out;

    @Option(
            names = "--which",
            paramLabel = "ema|model|KEY",
            description =
                    "Weights of a checkpoint to take: the averaged ones, those of the model, or the"
                            + " set that the file calls KEY (default: ema, where there are such).")
    private String which;

    @Option(
            names = "--heads",
            paramLabel = "H",
            description =
                    "Attention heads, where neither the file nor a preset of this size tells.")
    private Integer heads;

    @Option(
            names = "--start",
            paramLabel = "noise|injection",
            description =
                    "What the iterations begin with, which tensors do not show (default: what IN"
                            + " says, or noise).")
    private ModelConfig.Start start;

    @Option(
            names = "--training",
            description =
                    "Take all that training needs to resume: both sets of weights, the optimiser's"
                            + " moments, the step; see getj train --from.")
    private boolean training;

    @Option(
            names = "--half",
            description = "Round the weights to half precision, for half the bytes.")
    private boolean half;

    @Override
    public Integer call() {
        if (training && half) {
            throw common.wrongUsage("--half does not go with --training, which loses no digit");
        }
        if (training && which != null) {
            throw common.wrongUsage("--which does not go with --training, which takes both");
        }
        Conversion.Request request =
                new Conversion.Request(
                        source(),
                        out,
                        which == null ? null : new Conversion.Which(which),
                        heads,
                        half,
                        Optional.ofNullable(start));
        Conversion done =
                Interrupt.abandoning(
                        () ->
                                training
                                        ? Conversion.runForTraining(request)
                                        : Conversion.run(request));
        if (done.prefix() == null) {
            common.note(in + " holds no network of ours; its tensors are written as they are");
        } else if (done.guessedHeads()) {
            common.note(
                    "%s does not tell the number of heads; %s taken, give --heads if that is wrong"
                            .formatted(in, done.config().heads()));
        }
        done.notes().forEach(note -> common.note(in + ": " + note));
        if (!done.leftOut().isEmpty()) {
            common.note(
                    "%s tensors are not the network's and were left out: %s"
                            .formatted(done.leftOut().size(), String.join(", ", done.leftOut())));
        }
        common.print(
                new Result(done.tensors(), done.parameters()),
                () ->
                        "%s: %s tensors, %s parameters%s"
                                .formatted(
                                        out,
                                        done.tensors(),
                                        done.parameters(),
                                        done.config() == null
                                                ? ""
                                                : ", " + done.config().describe()));
        return 0;
    }

    private Path source() {
        return Files.isDirectory(in) ? in.resolve(Sampler.LATEST) : in;
    }
}
