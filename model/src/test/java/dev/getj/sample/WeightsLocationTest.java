package dev.getj.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.io.SafetensorsWriter;
import dev.getj.sample.WeightsLocation.Network;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;

class WeightsLocationTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "'', latest.safetensors, a run directory",
        "file.safetensors, file.safetensors, a file"
    })
    void aPathIsAFileOrARun(String path, String file, String what) {
        new SafetensorsWriter().metadata("what", what).write(folder.resolve(file));
        WeightsLocation location = WeightsLocation.parse(folder.resolve(path).toString());
        assertEquals(WeightsLocation.at(folder.resolve(path)), location);
        try (SafetensorsFile opened = location.open(Network.TEACHER)) {
            assertEquals(what, opened.metadata().get("what"));
        }
    }

    @Test
    void aNameThatIsNotShippedIsToldWhichAre() {
        WeightsLocation location = WeightsLocation.parse("builtin:faces");
        assertEquals("builtin:faces", location.toString());
        assertEquals(
                "no weights are shipped as builtin:faces; there are: builtin:strokes,"
                        + " builtin:fashion",
                assertThrows(GetjException.class, () -> location.open(Network.STUDENT))
                        .getMessage());
    }

    /** This module does not depend on the one that brings them. */
    @Test
    void withoutTheModuleWeightsItIsNamed() {
        assertEquals(
                "strokes-classifier.safetensors is not there; it is in the artifact getj-weights:"
                        + " add that to the class path, or to the module path and start Java with"
                        + " --add-modules dev.getj.weights",
                assertThrows(
                                GetjException.class,
                                () ->
                                        WeightsLocation.parse("builtin:strokes")
                                                .open(Network.CLASSIFIER))
                        .getMessage());
    }
}
