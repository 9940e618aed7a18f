package dev.getj.io;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.Optional;

class FileFormatTest {
    @TempDir Path folder;

    private SafetensorsWriter writer() {
        return new SafetensorsWriter().add("x", new float[] {1}, 1);
    }

    private Path written(SafetensorsWriter writer) {
        Path file = folder.resolve("file.safetensors");
        writer.write(file);
        return file;
    }

    private void refused(Path file, String reason) {
        GetjException refusal = assertThrows(GetjException.class, () -> SafetensorsFile.open(file));
        assertEquals(file + reason, refusal.getMessage());
    }

    private void accepted(Path file) {
        assertDoesNotThrow(() -> SafetensorsFile.open(file).close());
    }

    @ParameterizedTest
    @EnumSource
    void todaysVersionAndNoneAreRead(FileFormat format) {
        accepted(written(writer().format(format)));
        accepted(written(writer().metadata("format", format.tag())));
        assertDoesNotThrow(() -> format.require("f", Optional.empty()));
    }

    @ParameterizedTest
    @EnumSource
    void aNewerVersionIsRefused(FileFormat format) {
        String next = Integer.toString(format.version() + 1);
        GetjException refusal =
                assertThrows(
                        GetjException.class, () -> format.require("f", Optional.of(next), "hop"));
        assertEquals(
                "of version %s, but this getj reads versions up to %s: hop"
                        .formatted(next, format.version()),
                refusal.getMessage().substring(refusal.getMessage().indexOf("of version")));
        Path file = written(writer().format(format).metadata("version", next));
        assertThrows(GetjException.class, () -> SafetensorsFile.open(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1.0", "two", "\"1\"", "", "1234567890", "01"})
    void whatIsNoVersionIsDamage(String version) {
        refused(
                written(writer().format(FileFormat.WEIGHTS).metadata("version", version)),
                " is damaged: its version is %s, a whole number from 1 is expected"
                        .formatted(version));
    }

    @Test
    void aLongVersionIsCutShort() {
        refused(
                written(writer().format(FileFormat.WEIGHTS).metadata("version", "x".repeat(1000))),
                " is damaged: its version is xxxxxxxxxxxxxxxxxxxx…, a whole number from 1 is"
                        + " expected");
    }

    @Test
    void aFormatOfTheFutureIsRefused() {
        refused(
                written(writer().metadata("format", "getj-hologram")),
                " is of the format getj-hologram, which this getj does not know: update getj");
    }

    @Test
    void versionsOfOthersMeanNothing() {
        accepted(written(writer().metadata("format", "pt").metadata("version", "7")));
        accepted(written(writer().metadata("version", "seven")));
    }
}
