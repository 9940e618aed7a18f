package dev.getj.diffusion;

import dev.getj.io.GetjException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;

/**
 * Opens teachers from files of one format. Found by {@link ServiceLoader}: what a format needs is
 * on the class path of those only who want it.
 */
public interface TeacherFormat {
    /** Whether this is the format of {@code file}, by the end of its name. */
    boolean reads(Path file);

    /**
     * Opens a teacher, for the caller to close.
     *
     * @throws GetjException if the file is damaged, or cannot be used as a denoiser
     */
    Teacher open(TeacherFile file);

    /**
     * Opens a teacher in whatever format is on the class path.
     *
     * @throws GetjException if there is no such file, or no format reads it
     */
    static Teacher openAny(TeacherFile file) {
        if (!Files.isRegularFile(file.path())) {
            throw new GetjException("cannot read " + file.path() + ": no such file");
        }
        for (TeacherFormat format : ServiceLoader.load(TeacherFormat.class)) {
            if (format.reads(file.path())) {
                return format.open(file);
            }
        }
        throw new GetjException(
                "nothing on the class path reads the teacher "
                        + file.path()
                        + "; files .onnx need the module onnx, which the launcher ./getj"
                        + " brings by itself");
    }
}
