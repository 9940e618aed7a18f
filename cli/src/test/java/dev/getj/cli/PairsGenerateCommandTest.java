package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class PairsGenerateCommandTest {
    @TempDir Path folder;

    private Run generate(String more) {
        String line = "pairs generate --quiet --out %s %s".formatted(folder.resolve("set"), more);
        return Run.getj(line.strip().split(" "));
    }

    private static void expect(int code, String message, Run run) {
        assertEquals(code, run.code(), run.err());
        assertTrue(run.err().startsWith("getj: " + message), run.err());
    }

    @Test
    void optionsOfOneTeacherAreRefusedForTheOther() {
        expect(2, "what describes a teacher needs --teacher", generate("--form network"));
        expect(2, "--unconditional and --images", generate("--teacher m.onnx --images 3"));
        expect(2, "--unconditional and --images", generate("--teacher m.onnx --unconditional"));
        expect(2, "--batch 0: a whole number from 1", generate("--teacher m.onnx --batch 0"));
        expect(
                2,
                "--sigma-data -1: a number above 0",
                generate("--teacher m.onnx --sigma-data -1"));
        expect(2, "--form, --tensor", generate("--teacher runs/mine --form denoiser"));
        expect(2, "Invalid value for option '--form'", generate("--form other"));
    }

    /** Whatever reads ONNX files is not on this class path. */
    @Test
    void aTeacherThatNothingReadsIsNamed() throws IOException {
        Path model = folder.resolve("m.onnx");
        expect(1, "cannot read " + model + ": no such file", generate("--teacher " + model));
        Files.createFile(model);
        Run run = generate("--teacher " + model);
        expect(1, "nothing on the class path reads the teacher " + model, run);
        assertTrue(run.err().contains("module onnx"), run.err());
    }

    /** The command that was killed is given again; here its first shard is what it had saved. */
    @Test
    void anUnfinishedSetOfOtherOptionsIsNotGoneOnWith() throws IOException {
        Path set = folder.resolve("set");
        assertEquals(0, generate("--count 12 --steps 4 --images 20").code());
        String description = Files.readString(set.resolve("pairs.json"));
        Files.writeString(set.resolve("pairs-unfinished.json"), description);
        Files.delete(set.resolve("pairs.json"));
        expect(
                1,
                set + " holds an unfinished pair set whose count is 12, not 13",
                generate("--count 13 --steps 4 --images 20"));
        Run again = generate("--count 12 --steps 4 --images 20 --json");
        assertEquals(0, again.code(), again.err());
        assertTrue(again.out().contains("\"count\" : 12"), again.out());
        assertEquals(description, Files.readString(set.resolve("pairs.json")));
    }
}
