package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.diffusion.TeacherConfig;
import dev.getj.eval.ClassifierConfig;
import dev.getj.eval.ClassifierForm;
import dev.getj.io.GetjException;
import dev.getj.kernels.op.LossKind;
import dev.getj.model.Estimator;
import dev.getj.model.ModelConfig;
import dev.getj.model.Objective;
import dev.getj.model.ParameterTable;
import dev.getj.model.Precision;
import dev.getj.solver.GradientSteps;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** A run's {@code config.json} with hostile values: read or refused in one line. */
class HostileSettingsTest {
    private static String config() {
        return TinyRuns.config(Path.of("pairs"), 5).json();
    }

    static TeacherConfig teacher() {
        return new TeacherConfig(
                new ModelConfig(
                        "tiny",
                        new ModelConfig.Images(4, 1, 2),
                        new ModelConfig.Token(2, 8, 2),
                        new ModelConfig.Stack(2, 2),
                        new ModelConfig.Vit()),
                new TeacherConfig.Examples("builtin:strokes", 0.5, true),
                OptimizerSettings.paper(),
                RateSchedule.COSINE,
                new Course(5, 10, 7, 1000, 1000),
                new Computing(false, Precision.FLOAT32));
    }

    static ClassifierConfig classifier() {
        ClassifierForm form = new ClassifierForm(1, 16, 32, 16, 10);
        return new ClassifierConfig(
                form,
                "builtin:strokes",
                OptimizerSettings.paper(),
                new Course(32, 10, 3, 1000, 1000));
    }

    private static void use(RunConfig config) {
        assertTrue(config.objective().weights().length <= 1 << 16);
        new ParameterTable(config.model());
        config.optimizer().rate(3);
    }

    private static void use(TeacherConfig config) {
        new ParameterTable(config.teacher());
        config.rate(3);
        config.edm();
    }

    private static void assertReadOrRefused(String json, Consumer<String> reading)
            throws IOException {
        int refused = 0;
        List<HostileJson> changes = HostileJson.of(json);
        for (HostileJson change : changes) {
            if (HostileJson.isRefused(
                    change.where(), "config.json", () -> reading.accept(change.json()))) {
                refused++;
            }
        }
        assertTrue(refused > changes.size() / 2, "refused " + refused + " of " + changes.size());
    }

    @Test
    void everyValueOfAStudentIsReadOrRefusedInOneLine() throws IOException {
        assertReadOrRefused(config(), json -> use(RunConfig.parse(json, "config.json")));
    }

    @ParameterizedTest
    @MethodSource("dev.getj.train.TinyRuns#objectives")
    void everyValueOfAnObjectiveIsReadOrRefusedInOneLine(Objective objective) throws IOException {
        String json = TinyRuns.with(TinyRuns.config(Path.of("pairs"), 5), objective).json();
        assertReadOrRefused(json, hostile -> use(RunConfig.parse(hostile, "config.json")));
    }

    @Test
    void everyValueOfATeacherIsReadOrRefusedInOneLine() throws IOException {
        assertReadOrRefused(
                teacher().json(), json -> use(TeacherConfig.parse(json, "config.json")));
    }

    @Test
    void everyValueOfAClassifierIsReadOrRefusedInOneLine() throws IOException {
        assertReadOrRefused(
                classifier().json(),
                json -> ClassifierConfig.parse(json, "config.json").optimizer().rate(3));
    }

    @Test
    void theMemoryOfASolverIsBounded() {
        Objective implicit = TinyRuns.objectives().skip(2).findFirst().orElseThrow();
        String json = TinyRuns.with(TinyRuns.config(Path.of("pairs"), 5), implicit).json();
        String hostile = json.replaceFirst("\"memory\" : \\d+", "\"memory\" : 2147483647");
        assertEquals(
                "config.json is damaged: the memory must hold at most 10000 states, not 2147483647",
                assertThrows(GetjException.class, () -> RunConfig.parse(hostile, "config.json"))
                        .getMessage());
    }

    @Test
    void aConfigurationOfAnySizeIsNotReadWhole(@TempDir Path folder) throws IOException {
        RunDirectory run = RunDirectory.create(folder.resolve("run"), classifier());
        Path file = run.root().resolve("config.json");
        Files.writeString(file, "[".repeat((1 << 20) + 1));
        assertEquals(
                "cannot read "
                        + file
                        + ": it has more than the 1048576 bytes that such a file can have",
                assertThrows(
                                GetjException.class,
                                () -> run.config(RunKind.CLASSIFIER, ClassifierConfig::parse))
                        .getMessage());
    }

    private static String refusal(String from, String to) {
        String json = config().replaceFirst(from, to);
        return assertThrows(GetjException.class, () -> RunConfig.parse(json, "config.json"))
                .getMessage();
    }

    @Test
    void stepsAndBatchesAreBounded() {
        assertEquals(
                "config.json is damaged: 2147483647 slices of 3 differentiated steps are more than"
                        + " the 65536 that can be",
                refusal("\"slices\" : 1", "\"slices\" : 2147483647"));
        assertEquals(
                "config.json is damaged: a batch of 2147483647 images of 16 values is more than one"
                        + " array holds",
                refusal("\"batch\" : \\d+", "\"batch\" : 2147483647"));
        assertThrows(
                IllegalArgumentException.class,
                () -> Estimator.Unrolled.every(1, Integer.MAX_VALUE));
        assertThrows(
                IllegalArgumentException.class, () -> GradientSteps.last(Integer.MAX_VALUE, 1));
        assertThrows(
                IllegalArgumentException.class, () -> Objective.unrolled(LossKind.L1, 1 << 17, 1));
    }

    @Test
    void keysTwiceAndDeepNestingAreRefused() {
        assertTrue(refusal("\"batch\" :", "\"seed\" : 1, \"batch\" :").contains("Duplicate field"));
        String deep = "[".repeat(100_000);
        assertTrue(
                assertThrows(GetjException.class, () -> RunConfig.parse(deep, "config.json"))
                        .getMessage()
                        .startsWith("config.json is damaged: "));
    }
}
