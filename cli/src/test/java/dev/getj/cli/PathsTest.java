package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import picocli.CommandLine.TypeConversionException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Paths as they are typed, and names of files that are written. */
class PathsTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    sample --weights none --out %s.npy          | --out %s.npy: that is written as .safetensors or .npz
                    sample --weights none --grid %s.jpg         | --grid %s.jpg: that is written as .png
                    teacher sample --run none --out %s.npy      | --out %s.npy: that is written as .safetensors or .npz
                    teacher sample --run none --grid %s.PDF     | --grid %s.PDF: that is written as .png
                    pairs inspect none --grid %s.gif            | --grid %s.gif: that is written as .png
                    solve --weights none --chart %s.svg         | --chart %s.svg: that is written as .png
                    memory --chart %s.svg                       | --chart %s.svg: that is written as .png
                    profile sample --chart %s.svg               | --chart %s.svg: that is written as .png
                    profile sample --trace %s.html              | --trace %s.html: that is written as .json
                    eval --images no --data no --neighbours %s.jpeg | --neighbours %s.jpeg: that is written as .png
                    export --weights none --out %s.pt           | --out %s.pt: that is written as .onnx
                    verify none --write %s.npz                  | --write %s.npz: that is written as .safetensors
                    convert none %s.npz                         | OUT %s.npz: that is written as .safetensors, .pt, .pth, .pkl, .bin or .ckpt
                    """)
    void aNameThatPromisesSomethingElseIsRefused(String line, String message) {
        String name = folder.resolve("file").toString();
        Run refused = Run.getj(line.replace("%s", name).split(" "));
        assertEquals(2, refused.code(), refused.err());
        String first = refused.err().lines().findFirst().orElse("");
        assertTrue(first.startsWith("getj: " + message.replace("%s", name)), first);
        assertEquals(0, folder.toFile().list().length);
    }

    @ParameterizedTest
    @CsvSource({"samples.png", "SAMPLES.PNG", "samples", "samples.5", ".samples"})
    void anyOtherNameIsTaken(String name) {
        Path picture = folder.resolve(name);
        CommandsTest.ok("sample --quiet --weights builtin:strokes --count 1 --grid " + picture);
        assertTrue(Files.isRegularFile(picture));
    }

    @Test
    void aTildeInANameOfDataIsTheHome() {
        String home = System.getProperty("user.home").replace(",", ",,");
        DataName name = new DataName();
        assertEquals("folder:" + home + "/a~b,size=32", name.convert("folder:~/a~b,size=32"));
        assertEquals("npz:" + home, name.convert("npz:~"));
        assertEquals("folder:" + home + ",size=32", name.convert("folder:~,size=32"));
        assertEquals("folder:~other/a", name.convert("folder:~other/a"));
        assertEquals("folder:a/~/b", name.convert("folder:a/~/b"));
        assertEquals(
                System.getProperty("user.home") + "/s.safetensors",
                name.convert("~/s.safetensors"));
    }

    @ParameterizedTest
    @CsvSource({
        "teacher train --out %s, folder:, names an empty path",
        "classifier train --out %s, 'npz:,range=0:255', names an empty path",
        "eval --run builtin:strokes, mnist:, names an empty path",
        "eval --run builtin:strokes, ' ', it is empty",
    })
    void anEmptyPathOfDataIsWrongUsage(String line, String data, String message) {
        List<String> words = new ArrayList<>();
        for (String word : line.split(" ")) {
            words.add(word.replace("%s", folder.resolve("run").toString()));
        }
        words.addAll(List.of("--data", data));
        Run refused = Run.getj(words.toArray(String[]::new));
        assertEquals(2, refused.code(), refused.err());
        assertTrue(refused.err().lines().findFirst().orElse("").contains(message), refused.err());
        assertEquals(0, folder.toFile().list().length);
    }

    @Test
    void aTildeIsTheHomeThatTheShellLeftOut() {
        Path home = Path.of(System.getProperty("user.home"));
        assertEquals(home.resolve("runs/a"), UserPath.of("~/runs/a"));
        assertEquals(home, UserPath.of("~"));
        assertEquals(Path.of("./~/runs"), UserPath.of("./~/runs"));
        assertEquals(Path.of("~other/runs"), UserPath.of("~other/runs"));
        assertThrows(TypeConversionException.class, () -> UserPath.of("a\0b"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    pairs;inspect;                    | Invalid value for positional parameter at index 0 (PAIRS): it is empty
                    train;--resume;--out;             | Invalid value for option '--out': it is empty
                    sample;--weights=;--grid;a.png    | Invalid value for option '--weights': it is empty
                    sample;--run;;--grid;a.png        | Invalid value for option '--run': it is empty
                    """)
    void anEmptyPathIsAVariableThatIsNotSet(String line, String message) {
        Run refused = Run.getj(line.split(";", -1));
        assertEquals(2, refused.code(), refused.err());
        assertTrue(refused.err().startsWith("getj: " + message), refused.err());
    }

    @Test
    void aNameThatBeginsWithADashIsGivenAfterAnEqualsSignOrTwoDashes() {
        Run missing = Run.getj("pairs", "inspect", "--", "-pairs");
        assertEquals("getj: cannot read -pairs: no such file or folder", missing.err().strip());
        missing = Run.getj("sample", "--weights=-w.safetensors", "--grid", folder + "/a.png");
        assertEquals(
                "getj: cannot read -w.safetensors: no such file or folder", missing.err().strip());
        Run option = Run.getj("sample", "--weights", "builtin:strokes", "--out", "--json");
        assertEquals(2, option.code(), option.err());
        assertFalse(Files.exists(Path.of("--json")));
    }
}
