package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.io.GetjException;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.Set;

class AgreementTest {
    private static final Path RUN = Path.of("run");
    private final RunConfig begun = TinyRuns.config(Path.of("pairs"), 6);

    @Test
    void stepsAndThePlaceOfThePairsMayDiffer() {
        RunConfig command = TinyRuns.config(Path.of("elsewhere"), 9);
        assertDoesNotThrow(() -> Agreement.requireAsBegun(RUN, begun, command, Set.of()));
    }

    @Test
    void anotherSettingIsNamed() {
        OptimizerSettings faster = begun.optimizer().withLearningRate(0.5);
        RunConfig command =
                TinyRuns.with(begun, faster, begun.computing().recompute(), begun.saveEvery());
        GetjException refused =
                assertThrows(
                        GetjException.class,
                        () -> Agreement.requireAsBegun(RUN, begun, command, Set.of()));
        String name = refused.getMessage().replaceFirst("run holds a run whose (\\S+) is .*", "$1");
        assertEquals(
                "run holds a run whose %s is 0.002, not 0.5; give the options that it was begun with, or another --out"
                        .formatted(name),
                refused.getMessage());
    }
}
