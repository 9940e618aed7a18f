package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.imageio.ImageIO;

class EvalCommandTest {
    private static final String DATA = " --data builtin:strokes,seed=2,count=300";

    @TempDir static Path folder;

    private static Path classifier;

    @BeforeAll
    static void trainAClassifier() {
        classifier = folder.resolve("classifier");
        CommandsTest.ok(
                "classifier train --quiet --steps 150 --batch 32 --lr 2e-3 --hidden 32 --features"
                        + " 16 --data builtin:strokes,count=3000 --out "
                        + classifier);
    }

    private static JsonNode eval(String line) throws IOException {
        return new JsonMapper().readTree(CommandsTest.ok("eval --json --quiet" + line).out());
    }

    @Test
    void damageAndMissingClassesAreSeen() throws IOException {
        String images = " --images builtin:strokes,seed=1,count=6000 --count 300" + DATA;
        double whole = eval(images).get("frechet").asDouble();
        JsonNode noisy = eval(images + " --damage noise=0.5");
        assertTrue(noisy.get("frechet").asDouble() > whole + 1);
        JsonNode ones = eval(images + " --class 1");
        assertTrue(ones.get("frechet").asDouble() > whole + 10);
        assertTrue(ones.get("precision").asDouble() > 0.8);
        assertTrue(ones.get("recall").asDouble() < 0.2);
    }

    @Test
    void everythingIsToldOfTheSamplesOfAFile() throws Exception {
        Path teacher = folder.resolve("teacher");
        Path samples = folder.resolve("samples.safetensors");
        CommandsTest.ok(
                "teacher train --quiet --steps 1 --batch 2 --patch 8 --width 16 --heads 2 --depth 1"
                        + " --data builtin:strokes --out "
                        + teacher);
        CommandsTest.ok(
                "teacher sample --quiet --count 20 --sampler-steps 2 --run %s --out %s"
                        .formatted(teacher, samples));
        Path picture = folder.resolve("near.png");
        String judged =
                " --count 20 --data builtin:strokes,count=50 --data-count 40 --classifier "
                        + classifier;
        JsonNode told = eval(" --images %s --neighbours %s".formatted(samples, picture) + judged);
        List<String> keys = new ArrayList<>();
        told.fieldNames().forEachRemaining(keys::add);
        assertEquals(
                List.of(
                        "count",
                        "frechet",
                        "inception_score",
                        "class_accuracy",
                        "precision",
                        "recall",
                        "copies",
                        "nearest",
                        "nearest_data",
                        "samples",
                        "data"),
                keys);
        assertEquals(20, told.get("count").asInt());
        BufferedImage image = ImageIO.read(picture.toFile());
        assertTrue(image.getWidth() > 8 * 32 && image.getHeight() > 4 * 32);

        JsonNode sampled =
                eval(
                        " --teacher %s --sampler-steps 2 --features classifier".formatted(teacher)
                                + judged);
        assertTrue(sampled.get("frechet").asDouble() > 0);
        assertTrue(sampled.get("class_accuracy").isNumber());
    }

    @Test
    void dataIsLikeItself() throws IOException {
        JsonNode same =
                eval(
                        " --images builtin:strokes,count=300 --data builtin:strokes,count=300"
                                + " --features classifier --classifier "
                                + classifier);
        assertEquals(0, same.get("frechet").asDouble(), 1e-6);
        assertEquals(1, same.get("precision").asDouble());
        assertEquals(1, same.get("copies").asDouble());
        for (String read : List.of("samples", "data")) {
            assertEquals(300, same.get(read).get("images").asInt(), read);
            assertEquals(10, same.get(read).get("classes").asInt(), read);
            assertTrue(same.get(read).get("left_out").isArray(), read);
        }
        assertTrue(same.get("class_accuracy").asDouble() > 0.7);
        assertTrue(same.get("inception_score").asDouble() > 4);
    }

    /** Whatever reads ONNX files is not on this class path. */
    @Test
    void featuresThatNothingReadsAreNamed() throws IOException {
        Path file = Files.createFile(folder.resolve("inception.onnx"));
        String line = "eval --quiet --images builtin:strokes --data builtin:strokes --features ";
        Run run = Run.getj((line + file).split(" "));
        assertEquals(1, run.code());
        String message = "getj: nothing on the class path reads the feature network " + file;
        assertTrue(run.err().startsWith(message), run.err());
        assertTrue(run.err().contains("module onnx"), run.err());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2|--images builtin:strokes|Error: Missing required argument (specify one of"
                        + " these): (--data=DATA | --statistics=F.npz)",
                "2|--images builtin:strokes --data builtin:strokes --count 3|--count 3: a whole"
                        + " number from 4 to 100000000 is needed",
                "2|--images builtin:strokes --data builtin:strokes --features"
                        + " classifier|--features classifier needs --classifier",
                "2|--images builtin:strokes --data builtin:strokes --features pool3|--features"
                        + " pool3: use map, classifier or the name of a file .onnx",
                "2|--images builtin:strokes --data builtin:strokes --resize 299|--tensor, --range"
                        + " and --resize are for --features F.onnx",
                "2|--images builtin:strokes --data builtin:strokes --features f.onnx --resize"
                        + " 0|--resize 0: a whole number from 1 to 4096 is needed",
                "2|--images builtin:strokes --data builtin:strokes --features f.onnx --range"
                        + " 1|Invalid value for option '--range': '1' is no range: use LOW:HIGH",
                "2|--images builtin:strokes --data builtin:strokes --features f.onnx --range"
                    + " 1:-1|Invalid value for option '--range': '1:-1': values from 1.0 to -1.0"
                    + " are no range",
                "2|--images builtin:strokes --data builtin:strokes --splits 0|--splits 0: a whole"
                        + " number from 1 to 10000 is needed",
                "1|--quiet --images builtin:strokes --data builtin:strokes --range -1:1 --features"
                        + " none.onnx|cannot read none.onnx: no such file",
                "2|--images builtin:strokes --data builtin:strokes --damage rain|Invalid value for"
                        + " option '--damage': 'rain' is no damage: use noise=DEVIATION, blur or"
                        + " destroyed",
                "1|--quiet --images builtin:strokes --statistics"
                    + " ../formats/src/test/resources/numpy/stats.npz|../formats/src/test/resources/numpy/stats.npz"
                    + " has statistics of 16 features, the fixed map of small images has 128; they"
                    + " must be of the same features",
                "2|--quiet --images builtin:strokes,count=8 --data builtin:strokes --class 12|8"
                        + " built-in strokes of seed 0: there is no image of class 12",
                "1|--quiet --images builtin:strokes --data builtin:strokes --classifier %t|%t holds"
                        + " no classifier; getj classifier train makes one",
            })
    void whatCannotBeIsRefused(int code, String line, String message) {
        Path golden = CommandsTest.GOLDEN.resolve("get_cond_tiny.safetensors");
        Run refused = Run.getj(("eval " + line.replace("%t", golden.toString())).split(" "));
        String expected = "getj: " + message.replace("%t", golden.toString());
        assertTrue(refused.err().startsWith(expected), refused.err());
        assertEquals(code, refused.code(), refused.err());
    }
}
