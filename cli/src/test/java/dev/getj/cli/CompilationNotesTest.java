package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class CompilationNotesTest {
    @Test
    void aLineEveryFewSecondsAndOneAtTheEnd() {
        long[] seconds = {100};
        List<String> lines = new ArrayList<>();
        CompilationNotes notes =
                new CompilationNotes("opencl:0", lines::add, () -> seconds[0] * 1_000_000_000);
        int[] at = {101, 105, 106, 111, 112};
        for (int i = 0; i < at.length; i++) {
            seconds[0] = at[i];
            notes.compiled(10 * (i + 1), 50, at[i] - 100);
        }
        notes.finished(50, 12);
        assertEquals(
                List.of(
                        "compiling kernels for opencl:0: 20 of 50",
                        "compiling kernels for opencl:0: 40 of 50",
                        "50 kernels compiled for opencl:0, and run once, in 12 s"),
                lines);
    }
}
