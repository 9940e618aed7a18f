package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import javax.imageio.ImageIO;

/** What commands do with image data before they work, and where they say what it is. */
class TrainingDataTest {
    private static final String TINY =
            " --steps 1 --patch 4 --width 16 --heads 2 --depth 1 --batch 2";

    @TempDir Path folder;

    private Path data;
    private Path run;

    @BeforeEach
    void writePictures() throws IOException {
        data = folder.resolve("data");
        run = folder.resolve("run");
        for (String name : List.of("cat/1.png", "cat/2.png", "dog/1.png", "dog/.hidden.png")) {
            Path file = data.resolve(name);
            Files.createDirectories(file.getParent());
            ImageIO.write(
                    new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
        }
    }

    @Test
    void whatWasTakenIsNotedLoggedAndInTheResult() throws IOException {
        Run trained =
                CommandsTest.ok(
                        "teacher train --json --data folder:%s --out %s".formatted(data, run)
                                + TINY);
        String line =
                data
                        + ": 3 images of 2 classes (cat, dog); all are grey (channels=1 keeps one"
                        + " channel); left out: 1 hidden (dog/.hidden.png)";
        assertTrue(trained.err().contains("getj: " + line), trained.err());
        assertTrue(Files.readString(run.resolve("log.txt")).contains("data: " + line));
        assertTrue(trained.out().contains("\"class_names\" : [ \"cat\", \"dog\" ]"), trained.out());
        assertTrue(trained.out().contains("\"left_out\" : [ \"1 hidden (dog/.hidden.png)\" ]"));
    }

    @Test
    void aBadPictureEndsTheCommandBeforeThereIsARun() throws IOException {
        Files.write(data.resolve("cat/2.png"), new byte[0]);
        for (String command : List.of("teacher train", "classifier train")) {
            Run refused =
                    Run.getj(
                            "%s --quiet --data folder:%s --out %s --steps 1"
                                    .formatted(command, data, run)
                                    .split(" "));
            assertEquals(1, refused.code());
            assertEquals(
                    "getj: "
                            + data.resolve("cat/2.png")
                            + " is empty; PNG, JPEG, BMP and GIF pictures are read",
                    refused.err().strip());
            assertFalse(Files.exists(run));
        }
    }

    /** The tests' folder is the working directory, from which the name leads to the data. */
    @Test
    void theRunKeepsAnAbsolutePath() throws IOException {
        Path relative = Path.of("").toAbsolutePath().relativize(data.toAbsolutePath());
        CommandsTest.ok(
                "teacher train --quiet --data folder:%s,size=8 --out %s".formatted(relative, run)
                        + TINY);
        assertTrue(
                Files.readString(run.resolve("config.json"))
                        .contains("\"folder:" + data.toAbsolutePath() + ",size=8\""));
        CommandsTest.ok("teacher train --quiet --resume --steps 2 --out " + run);
    }
}
