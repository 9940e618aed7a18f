package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What {@code getj train} is told about the gradient, the solver and the losses. */
class ObjectiveOptionsTest {
    @TempDir static Path folder;

    private static Path pairs;

    @BeforeAll
    static void makePairs() {
        pairs = folder.resolve("pairs");
        CommandsTest.ok(
                "pairs generate --quiet --count 6 --classes 3 --images 3 --steps 2 --out " + pairs);
    }

    private static String train(Path out) {
        return "train --quiet --objective paper --batch 2 --pairs "
                + pairs
                + " --out "
                + out
                + CommandsTest.TINY;
    }

    private static void expectObjective(Path run, String json) throws IOException {
        assertEquals(
                json,
                new JsonMapper()
                        .readTree(run.resolve("config.json").toFile())
                        .get("objective")
                        .toString()
                        .replace('"', ' ')
                        .replace(" ", ""));
    }

    @Test
    void anObjectiveIsWhatHoldsUnlessAnotherOptionSaysOtherwise() throws Exception {
        String tuned = "train --quiet --steps 40 --batch 1 --iterations 1 --pairs " + pairs;
        Path run = folder.resolve("tuned");
        assertEquals("[PSEUDO_HUBER, 0.00625, 2, 0.5, INJECTION]", begun(tuned + " --out " + run));
        assertEquals(
                "[L1, 1.0E-4, 0, 0.0, NOISE]",
                begun(tuned + " --objective paper --out " + folder.resolve("paper")));
        assertEquals(
                "[L2, 0.01, 7, 2.0, NOISE]",
                begun(
                        tuned
                                + " --loss l2 --lr 1e-2 --warmup 7 --clip 2 --start noise --out "
                                + folder.resolve("said")));
        assertEquals(
                "[L1, 1.0E-4, 0, 0.0, INJECTION]",
                begun(
                        tuned
                                + " --objective paper --start injection --out "
                                + folder.resolve("injected")));
    }

    /** A preset is the paper's network; what begins elsewhere is another. */
    @Test
    void aPresetKeepsItsNameWhereItIsThePapers() throws Exception {
        String line =
                "train --quiet --steps 1 --batch 1 --iterations 1 --pairs " + pairs + " --model ";
        assertEquals("custom", begunAs(line + "GET-T/2 --out " + folder.resolve("get")));
        assertEquals(
                "GET-T/2",
                begunAs(line + "GET-T/2 --start noise --out " + folder.resolve("papers")));
        assertEquals("ViT-S/8", begunAs(line + "ViT-S/8 --out " + folder.resolve("vit")));
    }

    private static String begunAs(String line) throws IOException {
        CommandsTest.ok(line);
        return config(line).get("model").get("name").asText();
    }

    private static JsonNode config(String line) throws IOException {
        Path run = Path.of(line.substring(line.lastIndexOf(' ') + 1));
        return new JsonMapper().readTree(run.resolve("config.json").toFile());
    }

    /** What a run of 16 features is begun with: loss, rate, warm-up, longest gradient, start. */
    private static String begun(String line) throws IOException {
        CommandsTest.ok(line + CommandsTest.TINY);
        JsonNode config = config(line);
        var optimizer = config.get("optimizer");
        return List.of(
                        config.get("objective").get("loss").asText(),
                        optimizer.get("learning_rate").asDouble(),
                        optimizer.get("warmup").asInt(),
                        optimizer.get("clip").asDouble(),
                        config.get("model").get("start").asText())
                .toString();
    }

    @Test
    void phantomGradientsAreRecordedAndTrainedWith() throws Exception {
        Path run = folder.resolve("phantom");
        CommandsTest.ok(
                train(run)
                        + " --steps 2 --gradient phantom --solver anderson --max-iterations 4 --tol"
                        + " 0.1 --stop rel --memory 3 --ridge 1e-3 --damping 0.9 --iterations 3"
                        + " --gradient-damping 0.7 --supervise-at 1 --slices 2 --recompute-steps"
                        + " --weighting linear --loss l2 --jacobian-penalty 0.01");
        expectObjective(
                run,
                "{loss:L2,gradient:{estimator:phantom,solver:{method:anderson,max_iterations:4,"
                        + "tolerance:0.1,measure:RELATIVE,memory:3,ridge:{value:0.001,"
                        + "relative:true},damping:0.9},steps:3,damping:0.7,supervised:[1,3],"
                        + "memory:RECOMPUTE},slices:2,weighting:{rule:linear,gamma:0.9},"
                        + "jacobian_penalty:0.01}");
    }

    @Test
    void truncatedGradientsAreRecordedAndTrainedWith() throws Exception {
        Path run = folder.resolve("truncated");
        CommandsTest.ok(
                train(run)
                        + " --steps 2 --gradient truncated --before 1-4 --iterations 2 --loss"
                        + " pseudo-huber");
        expectObjective(
                run,
                "{loss:PSEUDO_HUBER,gradient:{estimator:truncated,least:1,most:4,steps:2,"
                        + "supervised:[1,2],memory:STORE},slices:1,weighting:{rule:exponential,"
                        + "gamma:0.8},jacobian_penalty:0.0}");
    }

    @Test
    void implicitGradientsAreRecordedAndTrainedWith() throws Exception {
        Path run = folder.resolve("implicit");
        CommandsTest.ok(
                train(run)
                        + " --steps 1 --gradient implicit --solver broyden --line-search"
                        + " --max-iterations 3 --backward-solver anderson"
                        + " --backward-max-iterations 5 --backward-tol 1e-4 --jacobian tracked"
                        + " --weighting constant");
        expectObjective(
                run,
                "{loss:L1,gradient:{estimator:implicit,solver:{method:broyden,max_iterations:3,"
                        + "tolerance:0.001,measure:ABSOLUTE,memory:3,line_search:true},"
                        + "backward:{method:anderson,max_iterations:5,tolerance:1.0E-4,"
                        + "measure:ABSOLUTE,memory:6,ridge:{value:1.0E-6,relative:true},"
                        + "damping:1.0},jacobian:TRACKED_STEP},slices:1,"
                        + "weighting:{rule:constant,value:1.0},jacobian_penalty:0.0}");
        CommandsTest.ok("train --quiet --resume --steps 2 --out " + run);
    }

    @Test
    void defaultsAreTorchDeqs() throws Exception {
        Path phantom = folder.resolve("default-phantom");
        CommandsTest.ok(train(phantom) + " --steps 1 --gradient phantom");
        expectObjective(
                phantom,
                "{loss:L1,gradient:{estimator:phantom,solver:{method:fixed-point,"
                        + "max_iterations:40,tolerance:0.001,measure:ABSOLUTE,damping:1.0},"
                        + "steps:5,damping:0.5,supervised:[5],memory:STORE},slices:1,"
                        + "weighting:{rule:exponential,gamma:0.8},jacobian_penalty:0.0}");
        Path implicit = folder.resolve("default-implicit");
        CommandsTest.ok(train(implicit) + " --steps 1 --gradient implicit --max-iterations 2");
        expectObjective(
                implicit,
                "{loss:L1,gradient:{estimator:implicit,solver:{method:fixed-point,"
                        + "max_iterations:2,tolerance:0.001,measure:ABSOLUTE,damping:1.0},"
                        + "backward:{method:fixed-point,max_iterations:40,tolerance:1.0E-6,"
                        + "measure:ABSOLUTE,damping:1.0},jacobian:NEW_STATE},slices:1,"
                        + "weighting:{rule:exponential,gamma:0.8},jacobian_penalty:0.0}");
    }

    @Test
    void aResumedRunKeepsItsGradient() {
        Run refused = Run.getj("train", "--resume", "--out", "run", "--gradient", "phantom");
        assertEquals(2, refused.code());
        assertTrue(
                refused.err()
                        .startsWith(
                                "getj: --gradient cannot be given with --resume: the run keeps the"
                                        + " settings it began with"),
                refused.err());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    --gradient exact                                           | Invalid value for option '--gradient': expected one of [UNROLLED, TRUNCATED, PHANTOM, IMPLICIT]
                    --solver anderson                                          | --solver means nothing to --gradient unrolled
                    --tol 1                                                    | --tol means nothing to --gradient unrolled
                    --line-search                                              | --line-search means nothing to --gradient unrolled
                    --gradient-damping 1                                       | --gradient-damping means nothing to --gradient unrolled
                    --jacobian new                                             | --jacobian means nothing to --gradient unrolled
                    --gradient phantom --backward-tol 1                        | --backward-tol means nothing to --gradient phantom
                    --gradient phantom --gradient-damping 0                    | --gradient-damping 0: a number above 0 and at most 1 is needed
                    --gradient phantom --solver newton                         | 'newton' is not fixed-point, anderson or broyden
                    --gradient phantom --ridge 1                               | --ridge means nothing to --solver fixed-point
                    --gradient phantom --ridge-absolute                        | --ridge-absolute means nothing to --solver fixed-point
                    --gradient phantom --memory 3                              | --memory means nothing to --solver fixed-point
                    --gradient phantom --line-search                           | --line-search means nothing to --solver fixed-point
                    --gradient phantom --solver broyden --damping 1            | --damping means nothing to --solver broyden
                    --gradient phantom --solver anderson --memory 0            | --memory 0: a whole number from 1 to 10000 is needed
                    --gradient phantom --solver anderson --ridge -1            | --ridge -1: a number of at least 0 is needed
                    --gradient phantom --max-iterations 0                      | --max-iterations 0: a whole number from 1 to 10000 is needed
                    --gradient phantom --tol -1                                | --tol -1: a number of at least 0 is needed
                    --gradient phantom --stop never                            | Invalid value for option '--stop': expected one of
                    --gradient implicit --iterations 6                         | --iterations means nothing to --gradient implicit
                    --gradient implicit --recompute-steps                      | --recompute-steps means nothing to --gradient implicit
                    --gradient implicit --supervise-every 2                    | --supervise-every means nothing to --gradient implicit
                    --gradient implicit --supervise-at 2                       | --supervise-at means nothing to --gradient implicit
                    --gradient implicit --model ViT-S/2                        | --gradient implicit needs a network with an equilibrium, unlike ViT-S/2
                    --supervise-every 0                                        | --supervise-every 0: a whole number from 1 to 10000 is needed
                    --supervise-at 2,9                                         | the supervised steps must ascend from 1 to 6
                    --supervise-at 2 --supervise-every 3                       | --supervise-every and --supervise-at exclude each other
                    --slices 0                                                 | --slices 0: a whole number from 1 to 1000 is needed
                    --weighting cubic                                          | Invalid value for option '--weighting': expected one of
                    --weighting linear --loss-decay 2                          | --loss-decay 2: a number of at least 0 and at most 1 is needed
                    --weighting constant --loss-decay 1                        | --loss-decay means nothing to --weighting constant
                    --jacobian-penalty -1                                      | --jacobian-penalty -1: a number of at least 0 is needed
                    """)
    void wrongUsageEndsIn2(String options, String message) {
        Path out = folder.resolve("new");
        String line = "train --quiet --pairs " + pairs + " --out " + out + " " + options;
        Run refused = Run.getj(line.split(" "));
        String first = refused.err().lines().findFirst().orElse("");
        assertTrue(first.startsWith("getj: "), refused.err());
        assertTrue(first.contains(message), "expected " + message + "\nbut was " + refused.err());
        assertEquals(2, refused.code(), refused.err());
        assertFalse(Files.exists(out));
    }
}
