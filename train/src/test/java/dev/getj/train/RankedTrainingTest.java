package dev.getj.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.op.LossKind;
import dev.getj.model.Estimator;
import dev.getj.model.Objective;
import dev.getj.solver.Weighting;
import dev.getj.train.distributed.RankException;
import dev.getj.train.distributed.Ranks;
import dev.getj.train.distributed.Threads;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Ranks in threads against one process, on batches that their number does not divide. */
@Timeout(60)
class RankedTrainingTest {
    private static final long STEPS = 6;

    /** Sums in another order. */
    private static final double ROUNDING = 1e-5;

    private static final OptimizerSettings EVEN =
            new OptimizerSettings(2e-3, 0.9, 0.999, 1e-4, 0.01, 3, 0.9);

    @TempDir private Path folder;
    private RunConfig config;

    /** Where a gradient is nothing but rounding, AdamW would make full steps of it. */
    @BeforeEach
    void pairs() {
        Path pairs = TinyRuns.writePairs(folder.resolve("pairs.safetensors"), 2);
        RunConfig tiny = TinyRuns.config(pairs, STEPS);
        config = TinyRuns.with(tiny, EVEN, tiny.computing().recompute(), tiny.saveEvery());
    }

    private Path alone(RunConfig settings) {
        Path root = folder.resolve("alone");
        try (RunDirectory run = RunDirectory.create(root, settings)) {
            TinyRuns.train(run, settings, 1);
        }
        return root;
    }

    private Path together(int size, String name, RunConfig settings) {
        Path root = folder.resolve(name);
        Threads.together(size, ranks -> session(ranks, root, settings));
        return root;
    }

    private static long session(Ranks ranks, Path root, RunConfig settings) {
        try (RunDirectory run =
                RunDirectory.of(
                        ranks,
                        root,
                        () ->
                                RunDirectory.isRun(root)
                                        ? RunDirectory.open(root)
                                        : RunDirectory.create(root, settings))) {
            return TinyRuns.train(run, settings, 1).step();
        }
    }

    private static void assertSameLosses(Path expected, Path found) {
        List<Metrics.Line> one = Metrics.read(expected.resolve("metrics.jsonl"));
        List<Metrics.Line> several = Metrics.read(found.resolve("metrics.jsonl"));
        assertEquals(one.size(), several.size());
        for (int i = 0; i < one.size(); i++) {
            assertEquals(one.get(i).loss(), several.get(i).loss(), ROUNDING);
            assertEquals(one.get(i).objective(), several.get(i).objective(), ROUNDING);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void theSameLossesAsOneProcess(int size) {
        assertSameLosses(alone(config), together(size, "together", config));
    }

    /** Its random vectors have numbers of samples, too. */
    @Test
    void theSameWithAPenaltyOfTheJacobian() {
        RunConfig other =
                TinyRuns.with(
                        config,
                        new Objective(
                                LossKind.L2,
                                Estimator.Unrolled.at(3, List.of(3)),
                                1,
                                new Weighting.Constant(1),
                                0.1));
        assertSameLosses(alone(other), together(2, "together", other));
    }

    @Test
    void stoppedAndResumedEqualsNeverStopped() throws IOException {
        Path whole = together(2, "whole", config);
        together(2, "parts", config.withSteps(4));
        Path parts = together(2, "parts", config);
        assertEquals(
                -1,
                Files.mismatch(
                        whole.resolve("latest.safetensors"), parts.resolve("latest.safetensors")));
    }

    @Test
    void resumedByAnotherNumberOfProcesses() {
        together(3, "parts", config.withSteps(2));
        together(2, "parts", config.withSteps(4));
        Path parts = folder.resolve("parts");
        try (RunDirectory run = RunDirectory.open(parts)) {
            TinyRuns.train(run, config, 1);
        }
        assertSameLosses(alone(config), parts);
    }

    @Test
    void otherSettingsOfOneRankAreRefused() {
        RankException refused =
                assertThrows(
                        RankException.class,
                        () ->
                                Threads.together(
                                        2,
                                        ranks ->
                                                session(
                                                        ranks,
                                                        folder.resolve("run"),
                                                        ranks.first()
                                                                ? config
                                                                : config.withSteps(9))));
        assertTrue(
                refused.getMessage().startsWith("steps is 6 on rank 0 but 9 on rank 1;"),
                refused.getMessage());
    }

    @Test
    void moreRanksThanExamplesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> together(6, "run", config));
    }
}
