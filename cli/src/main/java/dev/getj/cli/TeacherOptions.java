package dev.getj.cli;

import dev.getj.diffusion.Edm;
import dev.getj.diffusion.Teacher;
import dev.getj.diffusion.TeacherFile;
import dev.getj.diffusion.TeacherForm;
import dev.getj.diffusion.TeacherFormat;
import dev.getj.diffusion.TrainedDenoiser;
import dev.getj.io.Suffix;
import dev.getj.kernels.Backend;
import dev.getj.model.Precision;
import dev.getj.sample.WeightsLocation;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** The options that name a teacher and, for an ONNX file, say what the file does not. */
final class TeacherOptions {
    @Option(
            names = "--teacher",
            paramLabel = "RUN|F.onnx",
            description = {
                "Run directory of getj teacher train, a file of its weights, "
                        + WeightsLocation.SHIPPED
                        + "; or",
                "an ONNX file of a diffusion model in EDM's form, see docs/teacher.md."
            })
    private WeightsLocation file;

    @Option(
            names = "--batch",
            paramLabel = "B",
            description = "Images that the teacher makes at once (default: 64).")
    private Integer batch;

    @Option(
            names = "--form",
            paramLabel = "denoiser|network",
            description =
                    "Whether the ONNX file denoises by itself, D(x; sigma), or is the bare network"
                            + " F(c_in x; c_noise) (default: what the name of its second input"
                            + " says).")
    private TeacherForm form;

    @Option(
            names = "--tensor",
            paramLabel = "ROLE=NAME",
            description =
                    "The tensor of the ONNX file that is image, sigma, label or output, if names"
                            + " and shapes do not tell; zeros=NAME feeds a further input with"
                            + " zeros. Repeatable.")
    private Map<TeacherFile.Role, String> tensors;

    @Option(
            names = "--channels",
            paramLabel = "C",
            description = "Channels of the images, if the ONNX file leaves them open.")
    private Integer channels;

    @Option(
            names = "--image-size",
            paramLabel = "S",
            description = "Side of the images, if the ONNX file leaves it open.")
    private Integer size;

    @Option(
            names = "--sigma-data",
            paramLabel = "X",
            description = "Deviation of the data that a bare network was made for (default: 0.5).")
    private Double sigmaData;

    boolean given() {
        return file != null;
    }

    /** Whether something is said about a teacher. */
    boolean described() {
        return describedOnnx() || batch != null;
    }

    private boolean describedOnnx() {
        return form != null
                || tensors != null
                || channels != null
                || size != null
                || sigmaData != null;
    }

    boolean onnx() {
        return Suffix.is(file.toString(), ".onnx");
    }

    int batch() {
        return Objects.requireNonNullElse(batch, TrainedDenoiser.BATCH);
    }

    /**
     * Opens the teacher.
     *
     * @param backend for one that was trained here
     * @param classes K, or 0 if the file is to tell
     * @param threads for one from elsewhere
     * @param precision of one that was trained here
     * @throws dev.getj.io.GetjException if it cannot be used
     * @throws IllegalArgumentException if options do not go together
     */
    Teacher open(Backend backend, int classes, int threads, Precision precision) {
        if (!onnx()) {
            if (describedOnnx()) {
                throw new IllegalArgumentException(
                        "--form, --tensor, --channels, --image-size and --sigma-data are for ONNX"
                                + " files, and "
                                + file
                                + " is none by its name");
            }
            return TrainedDenoiser.load(file, backend, batch(), precision);
        }
        return TeacherFormat.openAny(
                new TeacherFile(
                        Path.of(file.toString()),
                        form,
                        tensors == null ? Map.of() : tensors,
                        Objects.requireNonNullElse(channels, 0),
                        Objects.requireNonNullElse(size, 0),
                        classes,
                        sigmaData == null ? Edm.STANDARD : new Edm(sigmaData),
                        threads));
    }
}
