package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.data.Pairs;
import dev.getj.io.Png;
import dev.getj.io.SafetensorsFile;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Names of folders become names of classes: of a teacher, its pairs, and a student of them. */
class ClassNamesTest {
    private static final List<String> NAMES = List.of("coat", "red shirt");
    private static final String SMALL = " --patch 4 --width 16 --heads 2 --depth 1 --batch 2";

    @TempDir Path folder;

    private Run ok(String... words) {
        return checked(0, words);
    }

    // a word each, as a name may hold blanks; % is the folder
    private Run checked(int code, String... words) {
        String[] arguments =
                List.of(words).stream()
                        .map(word -> word.replace("%", folder + "/"))
                        .toArray(String[]::new);
        Run run = Run.getj(arguments);
        assertEquals(code, run.code(), run.err());
        return run;
    }

    private void train(String line) {
        ok((line + SMALL + " --steps 1 --quiet").split(" "));
    }

    @Test
    void theyTravelFromFoldersToWeights() throws IOException {
        for (int i = 0; i < 4; i++) {
            Path of = Files.createDirectories(folder.resolve("data").resolve(NAMES.get(i % 2)));
            Files.write(of.resolve(i + ".png"), Png.encode(new float[64], 1, 8));
        }
        train("teacher train --data folder:%data,channels=1 --out %teacher");
        ok("pairs generate --quiet --count 4 --steps 2 --teacher %teacher --out %pairs".split(" "));
        try (Pairs pairs = Pairs.open(folder.resolve("pairs"))) {
            assertEquals(NAMES, pairs.description().classNames());
        }
        train("train --deq-depth 1 --pairs %pairs --out %student");
        ok("train --resume --quiet --steps 2 --out %student".split(" "));
        try (Sampler sampler = Sampler.load(folder.resolve("student"))) {
            assertEquals(NAMES, sampler.config().classNames());
            assertEquals(1, sampler.config().classOf("Red Shirt"));
            assertEquals(2, sampler.sample(SampleRequest.of(2)).count());
        }
        sampled("sample", "%student", "%named");
        sampled("teacher sample", "%teacher", "%taught");
        ok(
                ("solve --quiet --count 2 --max-iterations 2 --run %student --chart %solve.png"
                                + " --label Coat")
                        .split(" "));
        Run refused = checked(2, "sample", "--run", "%student", "--label", "sock");
        assertTrue(
                refused.err()
                        .contains(
                                "--label sock: a class number, a name (coat, red shirt) or 'all' is"
                                        + " needed"),
                refused.err());
    }

    private void sampled(String command, String run, String out) {
        String[] words =
                (command + " --quiet --count 2 --run " + run + " --out " + out + ".safetensors")
                        .split(" ");
        String[] all = Arrays.copyOf(words, words.length + 2);
        all[words.length] = "--label";
        all[words.length + 1] = "RED shirt";
        ok(all);
        Path file = folder.resolve(out.substring(1) + ".safetensors");
        try (SafetensorsFile samples = SafetensorsFile.open(file)) {
            assertArrayEquals(new long[] {1, 1}, samples.longs("label"));
        }
    }

    @Test
    void whereThereAreNoneNothingIsWritten() throws IOException {
        ok("pairs generate --quiet --count 4 --steps 2 --images 10 --out %pairs".split(" "));
        train("train --deq-depth 1 --pairs %pairs --out %student");
        for (String file : List.of("pairs/pairs.json", "student/config.json")) {
            assertFalse(Files.readString(folder.resolve(file)).contains("class_names"), file);
        }
        try (SafetensorsFile file =
                SafetensorsFile.open(folder.resolve("student/latest.safetensors"))) {
            assertFalse(file.metadata().get("config").contains("class_names"));
        }
    }
}
