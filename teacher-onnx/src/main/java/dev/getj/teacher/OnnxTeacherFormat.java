package dev.getj.teacher;

import dev.getj.diffusion.Teacher;
import dev.getj.diffusion.TeacherFile;
import dev.getj.diffusion.TeacherFormat;

import java.nio.file.Path;
import java.util.Locale;

/** Files {@code .onnx}. */
public final class OnnxTeacherFormat implements TeacherFormat {
    @Override
    public boolean reads(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
    }

    @Override
    public Teacher open(TeacherFile file) {
        return OnnxTeacher.open(file);
    }
}
