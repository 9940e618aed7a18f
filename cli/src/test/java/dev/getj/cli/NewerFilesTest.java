package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.getj.io.FileFormat;
import dev.getj.io.SafetensorsFile;
import dev.getj.io.SafetensorsWriter;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whatever reads a file refuses one of a newer version by one line. */
class NewerFilesTest {
    @TempDir static Path temporary;

    private static Path newer;

    @BeforeAll
    static void makeVersions2() throws IOException {
        newer = OldFiles.copy(temporary.resolve("newer"));
        for (Path file : OldFiles.json(newer)) {
            String json = Files.readString(file).replace("\"version\" : 1,", "");
            Files.writeString(file, json.replaceFirst("\\{", "{ \"version\" : 2,"));
        }
        tensors("pairs/pairs-00000", FileFormat.PAIRS);
        tensors("samples", FileFormat.SAMPLES);
        tensors("weights", FileFormat.WEIGHTS);
        for (String run : new String[] {"student", "teacher", "classifier"}) {
            tensors(run + "/latest", FileFormat.CHECKPOINT);
        }
        // the shard and the checkpoint of folders that are of today otherwise
        Files.createDirectories(newer.resolve("shard"));
        Files.copy(OldFiles.FOLDER.resolve("pairs/pairs.json"), newer.resolve("shard/pairs.json"));
        Files.copy(
                newer.resolve("pairs/pairs-00000.safetensors"),
                newer.resolve("shard/pairs-00000.safetensors"));
        Files.createDirectories(newer.resolve("saved"));
        Files.copy(
                OldFiles.FOLDER.resolve("student/config.json"), newer.resolve("saved/config.json"));
        Files.copy(
                newer.resolve("student/latest.safetensors"),
                newer.resolve("saved/latest.safetensors"));
    }

    private static void tensors(String name, FileFormat format) {
        Path file = newer.resolve(name + ".safetensors");
        Path old = OldFiles.FOLDER.resolve(name + ".safetensors");
        SafetensorsWriter writer = new SafetensorsWriter();
        try (SafetensorsFile opened = SafetensorsFile.open(old)) {
            opened.metadata().forEach(writer::metadata);
            writer.format(format).metadata(FileFormat.VERSION, "2");
            opened.names().forEach(tensor -> writer.add(tensor, opened.tensor(tensor)));
            writer.write(file);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    pairs inspect %pairs                                          | pairs/pairs.json               | a pair set
                    pairs inspect %shard                                          | shard/pairs-00000.safetensors  | a pair set
                    train --pairs %pairs --out %new                               | pairs/pairs.json               | a pair set
                    train --resume --out %student                                 | student/config.json            | the configuration of a run
                    train --resume --out %saved --steps 5 --pairs %../old/pairs   | saved/latest.safetensors       | a checkpoint
                    train --from %saved/latest.safetensors --out %new --pairs %../old/pairs | saved/latest.safetensors | a checkpoint
                    teacher train --resume --out %teacher                         | teacher/config.json            | the configuration of a run
                    classifier train --resume --out %classifier                   | classifier/config.json         | the configuration of a run
                    sample --run %student --out %new                              | student/latest.safetensors     | a checkpoint
                    sample --weights %weights.safetensors --out %new              | weights.safetensors            | a file of weights
                    sample --weights builtin:strokes --input %samples.safetensors | samples.safetensors            | a file of samples
                    solve --run %student --chart %new.png                         | student/latest.safetensors     | a checkpoint
                    teacher sample --run %teacher --out %new                      | teacher/latest.safetensors     | a checkpoint
                    pairs generate --teacher %teacher --out %new                  | teacher/latest.safetensors     | a checkpoint
                    eval --run %student --data builtin:strokes --count 20         | student/latest.safetensors     | a checkpoint
                    eval --images %samples.safetensors --data builtin:strokes     | samples.safetensors            | a file of samples
                    eval --run %../old/student --data builtin:strokes,count=50 --count 20 --classifier %classifier | classifier/latest.safetensors | a checkpoint
                    convert %student/latest.safetensors %new                      | student/latest.safetensors     | a checkpoint
                    export --run %student --out %new                              | student/latest.safetensors     | a checkpoint
                    study --out %study                                            | study/settings.json            | part of a study
                    """)
    void aNewerVersionIsOneLine(String command, String file, String what) throws IOException {
        Path old = temporary.resolve("old");
        if (!Files.exists(old)) {
            OldFiles.copy(old);
        }
        Run refused = Run.getj((command.replace("%", newer + "/") + " --quiet").split(" +"));
        assertEquals(
                "getj: %s is %s of version 2, but this getj reads versions up to 1: update getj"
                        .formatted(newer.resolve(file), what),
                refused.err().strip());
        assertEquals(1, refused.code());
    }
}
