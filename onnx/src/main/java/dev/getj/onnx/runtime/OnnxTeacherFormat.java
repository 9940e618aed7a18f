package dev.getj.onnx.runtime;

import dev.getj.diffusion.Teacher;
import dev.getj.diffusion.TeacherFile;
import dev.getj.diffusion.TeacherFormat;

import java.nio.file.Path;

/** Files {@code .onnx}. */
public final class OnnxTeacherFormat implements TeacherFormat {
    @Override
    public boolean reads(Path file) {
        return OnnxModel.named(file);
    }

    @Override
    public Teacher open(TeacherFile file) {
        return OnnxTeacher.open(file);
    }
}
