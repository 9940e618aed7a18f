package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import dev.getj.io.SafetensorsFile;
import dev.getj.io.SafetensorsWriter;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.imageio.ImageIO;

/** Every command on tiny sizes: files made, numbers told, the keys that programs rely on. */
class CommandsTest {
    static final Path GOLDEN = Path.of("../train/src/test/resources/golden");
    static final String TINY =
            " --patch 8 --width 16 --heads 2 --depth 1 --deq-depth 1 --deq-mlp-ratio 2";

    @TempDir static Path folder;

    private static Path pairs;
    private static Path run;

    @BeforeAll
    static void makePairsAndTrain() throws Exception {
        pairs = folder.resolve("pairs");
        run = folder.resolve("run");
        JsonNode made =
                json(
                        "pairs generate --json --quiet --count 12 --classes 3 --images 6 --steps 3"
                                + " --seed 4 --out "
                                + pairs);
        assertEquals(List.of("out", "count", "classes", "seconds"), keys(made));
        assertEquals(12, made.get("count").asInt());
        assertEquals(3, made.get("classes").asInt());

        JsonNode trained =
                json(
                        "train --json --quiet --steps 3 --batch 4 --iterations 2 --pairs "
                                + pairs
                                + " --out "
                                + run
                                + TINY);
        assertEquals(
                List.of("run", "steps", "loss", "seconds", "samples_per_second", "clipped_steps"),
                keys(trained));
        assertEquals(run.toString(), trained.get("run").asText());
        assertEquals(3, trained.get("steps").asInt());
        assertTrue(trained.get("loss").asDouble() > 0);
    }

    static Run ok(String line) {
        Run run = Run.getj(line.split(" "));
        assertEquals(0, run.code(), line + "\n" + run.err());
        return run;
    }

    private static JsonNode json(String line) throws IOException {
        return JsonMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build()
                .readTree(ok(line).out());
    }

    private static List<String> keys(JsonNode node) {
        List<String> keys = new ArrayList<>();
        node.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    // ---- pairs ---------------------------------------------------------------------------------

    @Test
    void inspectTellsWhatTheContractPromises() throws Exception {
        JsonNode told = json("pairs inspect --json --quiet " + pairs);
        assertEquals(
                List.of(
                        "count",
                        "channels",
                        "size",
                        "labels",
                        "classes",
                        "noise_mean",
                        "noise_std",
                        "image_min",
                        "image_max"),
                keys(told));
        assertEquals(12, told.get("count").asInt());
        assertEquals(1, told.get("channels").asInt());
        assertEquals(16, told.get("size").asInt());
        assertEquals("[4,4,4]", told.get("labels").toString());
        assertEquals(3, told.get("classes").asInt());
        assertEquals(0, told.get("noise_mean").asDouble(), 0.1);
        assertEquals(1, told.get("noise_std").asDouble(), 0.1);
        assertTrue(told.get("image_min").asDouble() < 0);
        assertTrue(told.get("image_max").asDouble() > 0);
    }

    @Test
    void inspectForPeopleNamesTheTeacher() {
        Run told = ok("pairs inspect --quiet " + pairs);
        assertTrue(
                told.out().startsWith("teacher   ideal denoiser of 6 built-in strokes by class"),
                told.out());
        assertEquals("", told.err());
    }

    @Test
    void unconditionalPairsHaveNoLabels() throws Exception {
        Path set = folder.resolve("unconditional");
        json(
                "pairs generate --json --quiet --count 3 --unconditional --images 10 --steps 2"
                        + " --out "
                        + set);
        JsonNode told = json("pairs inspect --json --quiet " + set);
        assertEquals(0, told.get("classes").asInt());
        assertEquals("[]", told.get("labels").toString());
    }

    @Test
    void progressAndNotesGoToStandardError() {
        Run told = ok("pairs inspect --json " + pairs);
        assertTrue(told.out().startsWith("{"), told.out());
        assertTrue(told.err().contains("reading: 12 pairs"), told.err());
    }

    // ---- train ---------------------------------------------------------------------------------

    @Test
    void stoppedAndResumedEqualsNeverStopped() throws Exception {
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        String settings = " --quiet --batch 5 --iterations 2 --ema 0.9 --seed 2 --pairs " + pairs;
        ok("train --threads 1 --steps 5 --out " + whole + settings + TINY);
        ok("train --threads 2 --steps 2 --out " + parts + settings + TINY + " --recompute");
        JsonNode resumed = json("train --resume --json --quiet --steps 5 --out " + parts);
        assertEquals(5, resumed.get("steps").asInt());
        assertEquals(
                -1,
                Files.mismatch(
                        whole.resolve("latest.safetensors"), parts.resolve("latest.safetensors")));
    }

    @Test
    void aResumedRunRemembersHowFarItIsToGo() throws Exception {
        Path out = folder.resolve("further");
        ok(
                "train --quiet --steps 1 --batch 2 --iterations 1 --out "
                        + out
                        + " --pairs "
                        + pairs
                        + TINY);
        ok("train --quiet --resume --steps 2 --out " + out);
        JsonNode config = new JsonMapper().readTree(out.resolve("config.json").toFile());
        assertEquals(2, config.get("steps").asInt());
        assertEquals(2, json("train --json --quiet --resume --out " + out).get("steps").asInt());
        assertTrue(
                ok("train --resume --out " + out)
                        .err()
                        .contains("all 2 steps are done; give more --steps to train on"));
        Run refused = Run.getj(("train --resume --steps 1 --out " + out).split(" "));
        assertEquals(2, refused.code());
        assertTrue(
                refused.err().contains("getj: --steps 1: the run has done 2 already"),
                refused.err());
        config = new JsonMapper().readTree(out.resolve("config.json").toFile());
        assertEquals(2, config.get("steps").asInt());
    }

    @Test
    void aNetworkIsTimedByTheSizesOfItsWeights() throws Exception {
        JsonNode listed =
                json("profile sample --print --json --quiet --weights builtin:strokes --batch 2");
        assertTrue(listed.toString().length() > 100);
        assertTrue(ok("memory --weights builtin:strokes").err().contains("16×16×1"));
        Run refused = Run.getj("bench", "sample", "--weights", "builtin:strokes", "--depth", "2");
        assertEquals(2, refused.code());
        assertTrue(
                refused.err().startsWith("getj: --depth cannot be given with --weights or --run"),
                refused.err());
    }

    @Test
    void everySettingReachesTheConfiguration() throws Exception {
        Path out = folder.resolve("settings");
        ok(
                "train --quiet --steps 1 --batch 3 --lr 2e-3 --warmup 7 --start noise --clip 3"
                    + " --beta1 0.8 --beta2 0.95 --epsilon 1e-6 --weight-decay 0.1 --ema 0.5 --loss"
                    + " l2 --iterations 3 --loss-decay 0.7 --seed 9 --recompute --save-every 11"
                    + " --sample-every 12 --mlp-ratio 3 --classes 5 --norm post --model GET-S/2"
                    + " --pairs "
                        + pairs
                        + " --out "
                        + out
                        + TINY);
        JsonNode config = new JsonMapper().readTree(out.resolve("config.json").toFile());
        assertEquals(
                "{\"name\":\"custom\",\"image_size\":16,\"channels\":1,\"patch\":8,\"width\":16,"
                        + "\"heads\":2,\"depth\":1,\"equilibrium_depth\":1,\"mlp_ratio\":3.0,"
                        + "\"equilibrium_mlp_ratio\":2.0,\"classes\":5,\"norm\":\"POST\","
                        + "\"start\":\"NOISE\",\"null_class\":false}",
                config.get("model").toString());
        assertEquals(
                "{\"loss\":\"L2\",\"gradient\":{\"estimator\":\"unrolled\",\"steps\":3,"
                        + "\"supervised\":[1,2,3],\"memory\":\"STORE\"},\"slices\":1,\"weighting\":"
                        + "{\"rule\":\"exponential\",\"gamma\":0.7},\"jacobian_penalty\":0.0}",
                config.get("objective").toString());
        assertEquals(
                "{\"learning_rate\":0.002,\"beta1\":0.8,\"beta2\":0.95,\"epsilon\":1.0E-6,"
                        + "\"weight_decay\":0.1,\"warmup\":7,\"ema_decay\":0.5,\"clip\":3.0}",
                config.get("optimizer").toString());
        assertEquals(3, config.get("batch").asInt());
        assertEquals(9, config.get("seed").asInt());
        assertTrue(config.get("recompute").asBoolean());
        assertEquals(11, config.get("save_every").asInt());
        assertEquals(12, config.get("sample_every").asInt());
    }

    @Test
    void aWrongNetworkLeavesNoRunBehind() {
        Path out = folder.resolve("none");
        Run refused =
                Run.getj(
                        ("train --steps 1 --classes 2 --pairs " + pairs + " --out " + out + TINY)
                                .split(" "));
        assertEquals(1, refused.code());
        assertEquals(
                "getj: the pairs have 3 classes, the network only 2",
                refused.err().stripTrailing());
        assertFalse(Files.exists(out));
    }

    // ---- sample --------------------------------------------------------------------------------

    @Test
    void samplesAreWrittenRawAndAsAPicture() throws Exception {
        Path out = folder.resolve("all.safetensors");
        Path grid = folder.resolve("all.png");
        JsonNode told =
                json(
                        "sample --json --quiet --label all --iterations 3 --seed 5 --run %s --out %s --grid %s"
                                .formatted(run, out, grid));
        assertEquals(List.of("count", "seconds", "iterations", "residual_mean"), keys(told));
        assertEquals(24, told.get("count").asInt());
        assertEquals(3, told.get("iterations").asInt());
        assertTrue(told.get("residual_mean").asDouble() > 0);
        try (SafetensorsFile file = SafetensorsFile.open(out)) {
            assertArrayEquals(new long[] {24, 1, 16, 16}, file.entry("image").shape());
            assertArrayEquals(
                    IntStream.range(0, 24).mapToLong(i -> i % 3).toArray(), file.longs("label"));
        }
        BufferedImage picture = ImageIO.read(grid.toFile());
        assertTrue(picture.getWidth() > 2 * picture.getHeight(), "eight columns, three rows");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--threads 1", "--threads 2", "--solver fixed-point", "--device jvm"})
    void aSeedGivesTheSameImagesFromRunAndWeights(String option) throws Exception {
        Path one = folder.resolve("one.safetensors");
        Path two = folder.resolve("two.safetensors");
        ok("sample --quiet --count 5 --seed 3 --label 2 --run " + run + " --out " + one);
        ok(
                "sample --quiet --count 5 --seed 3 --label 2 --weights %s --out %s %s"
                        .formatted(run.resolve("latest.safetensors"), two, option));
        assertEquals(-1, Files.mismatch(one, two));
        ok("sample --quiet --count 5 --seed 4 --label 2 --run " + run + " --out " + two);
        assertNotEquals(-1, Files.mismatch(one, two));
    }

    @Test
    void givenNoiseStartAndLabelsAreUsed() throws Exception {
        Path input = folder.resolve("in.safetensors");
        Path out = folder.resolve("out.safetensors");
        writeInput(input, 3, new long[] {2, 0, 1}, 0);
        JsonNode told =
                json(
                        "sample --json --quiet --run %s --input %s --out %s"
                                .formatted(run, input, out));
        assertEquals(3, told.get("count").asInt());
        assertEquals(6, told.get("iterations").asInt());
        float[] three;
        try (SafetensorsFile file = SafetensorsFile.open(out)) {
            assertArrayEquals(new long[] {2, 0, 1}, file.longs("label"));
            three = file.floats("image");
        }
        writeInput(input, 1, new long[] {2}, 0);
        ok("sample --quiet --run %s --input %s --out %s".formatted(run, input, out));
        try (SafetensorsFile file = SafetensorsFile.open(out)) {
            assertArrayEquals(Arrays.copyOf(three, 256), file.floats("image"));
        }
    }

    /** Input for the tiny network: four tokens of width 16. */
    static void writeInput(Path file, int count, long[] labels, float first) {
        Random random = new Random(1);
        float[] noise = new float[count * 256];
        float[] start = new float[count * 64];
        // row by row, so that the first rows do not depend on the count
        for (int row = 0; row < count; row++) {
            for (int i = 0; i < 256; i++) {
                noise[row * 256 + i] = (float) random.nextGaussian();
            }
            for (int i = 0; i < 64; i++) {
                start[row * 64 + i] = (float) random.nextGaussian();
            }
        }
        noise[0] = first;
        new SafetensorsWriter()
                .add("noise", noise, count, 1, 16, 16)
                .add("z0", start, count, 4, 16)
                .add("label", labels, labels.length)
                .write(file);
    }

    @Test
    void withAToleranceSamplingTellsWhatItSaved() throws Exception {
        String line = "sample --json --quiet --count 6 --run %s --out %s".formatted(run, raw("t"));
        JsonNode told = json(line + " --tol 1e9 --max-iterations 7");
        assertEquals(
                List.of(
                        "count",
                        "seconds",
                        "iterations",
                        "residual_mean",
                        "iterations_mean",
                        "seconds_saved"),
                keys(told));
        assertEquals(1, told.get("iterations").asInt());
        assertEquals(1, told.get("iterations_mean").asDouble());
        assertEquals(40, json(line + " --tol 1e-30").get("iterations").asInt());
        assertEquals(6, json(line + " --solver anderson").get("iterations").asInt());
        assertEquals(9, json(line + " --solver broyden --iterations 8").get("iterations").asInt());
        assertEquals(5, json(line + " --max-iterations 5").get("iterations").asInt());
        Run text = ok(line.replace("--json ", "") + " --tol 1e9");
        assertTrue(
                text.out().contains("1.0 iterations on average and 1 at most, which saved"),
                text.out());
    }

    @Test
    void aWarmStartGoesOnFromTheImageBefore() throws Exception {
        Path input = folder.resolve("sequence.safetensors");
        writeInput(input, 2, new long[] {1, 1}, 0);
        String line = "sample --quiet --iterations 1 --run " + run + " --input " + input;
        ok(line + " --out " + raw("cold"));
        ok(line + " --z0 previous --out " + raw("warm"));
        try (SafetensorsFile cold = SafetensorsFile.open(raw("cold"));
                SafetensorsFile warm = SafetensorsFile.open(raw("warm"))) {
            float[] expected = cold.floats("image");
            float[] images = warm.floats("image");
            assertArrayEquals(Arrays.copyOf(expected, 256), Arrays.copyOf(images, 256));
            assertFalse(Arrays.equals(expected, images));
        }
    }

    private static Path raw(String name) {
        return folder.resolve(name + ".safetensors");
    }

    // ---- verify and bench ----------------------------------------------------------------------

    @Test
    void verifyComparesAndWrites() throws Exception {
        Path golden = GOLDEN.resolve("vit_uncond_tiny.safetensors");
        Path written = folder.resolve("computed.safetensors");
        JsonNode told =
                json(
                        "verify --json --quiet --tolerance 2e-3 %s --write %s"
                                .formatted(golden, written));
        JsonNode entries = told.get("entries");
        assertEquals(List.of("max_abs", "max_rel"), keys(entries.get("eval.out")));
        assertTrue(entries.get("eval.out").get("max_rel").asDouble() < 1e-4);
        try (SafetensorsFile mine = SafetensorsFile.open(written);
                SafetensorsFile theirs = SafetensorsFile.open(golden)) {
            assertEquals(
                    keys(entries).stream().sorted().toList(),
                    mine.names().stream().sorted().toList());
            for (String name : mine.names()) {
                assertArrayEquals(theirs.entry(name).shape(), mine.entry(name).shape(), name);
            }
            assertArrayEquals(theirs.floats("eval.out"), mine.floats("eval.out"), 1e-4f);
        }
    }

    @Test
    void profileTellsOfEachKernel() throws Exception {
        Path trace = folder.resolve("trace.json");
        Path chart = folder.resolve("profile.png");
        String line =
                "profile train --quiet --batch 2 --iterations 2 --runs 2 --warmup 1 --trace %s"
                        + " --chart %s"
                        + TINY;
        JsonNode told = json(line.formatted(trace, chart) + " --json");
        assertEquals("kernels", keys(told).getFirst());
        JsonNode first = told.get("kernels").get(0);
        assertEquals(
                List.of("name", "calls", "ms", "share", "gflops", "gbps", "of_roof"), keys(first));
        assertTrue(told.get("kernels").findValuesAsText("name").contains("adamW"), told.toString());
        JsonNode events = new JsonMapper().readTree(trace.toFile()).get("traceEvents");
        assertTrue(events.size() > 20, events.toString());
        assertTrue(ImageIO.read(chart.toFile()).getHeight() > 300);
        Run table = ok(line.formatted(trace, chart).replace("train", "sample"));
        assertTrue(table.out().startsWith("custom, sampling, batch 2, Vector API"), table.out());
        assertTrue(table.out().contains("\nlinearResidual "), table.out());
        assertTrue(table.out().contains("\nroof, our own kernels: "), table.out());
    }

    @Test
    void verifyFailsWhereAnEntryIsOff() throws Exception {
        Path golden = GOLDEN.resolve("vit_uncond_tiny.safetensors");
        Run strict = Run.getj("verify", "--quiet", "--tolerance", "0", golden.toString());
        assertEquals(1, strict.code());
        assertTrue(strict.out().contains("  OFF"), strict.out());
        assertTrue(
                strict.out().matches("(?s).*\\d+ entries compared, \\d+ off by more than 0.0.*"),
                strict.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sample", "train", "train --recompute"})
    void benchTellsWhatTheContractPromises(String work) throws Exception {
        JsonNode told =
                json(
                        "bench --json --quiet --batch 2 --iterations 2 --runs 2 --warmup 0"
                                + " --image-size 16 --channels 1 --classes 3 "
                                + work
                                + TINY);
        assertEquals(
                List.of("median_ms", "min_ms", "max_ms", "images_per_second", "gflops"),
                keys(told));
        told.forEach(value -> assertTrue(value.asDouble() > 0, told.toString()));
    }

    @Test
    void nothingHalfWrittenIsLeftBehind() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> left = files.filter(file -> file.toString().endsWith(".tmp")).toList();
            assertEquals(List.of(), left);
        }
    }
}
