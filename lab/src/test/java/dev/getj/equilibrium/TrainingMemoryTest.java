package dev.getj.equilibrium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.model.Estimator;
import dev.getj.model.ModelConfig;
import dev.getj.model.Presets;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.SequencedMap;

class TrainingMemoryTest {
    private static final int BATCH = 3;

    /** 4×4×1 images in four tokens, width 8, three equilibrium blocks. */
    private static final ModelConfig MODEL =
            new ModelConfig(
                    "tiny",
                    new ModelConfig.Images(4, 1, 0),
                    new ModelConfig.Token(2, 8, 2),
                    new ModelConfig.Stack(1, 2),
                    new ModelConfig.Get(new ModelConfig.Stack(3, 3)));

    private static final long STATE = 4L * BATCH * 4 * 8;
    private static final long IMAGE = 4L * BATCH * 16;
    private static final long LOSS = 4;

    private final TrainingMemory memory = new TrainingMemory(MODEL, BATCH);

    @Test
    void solvedGradientsDoNotGrowWithTheIterations() {
        SequencedMap<String, double[]> curves = memory.measure(24);
        assertEquals(
                List.of(
                        "unrolled",
                        "unrolled, recomputing",
                        "recomputing steps",
                        "phantom",
                        "implicit"),
                List.copyOf(curves.keySet()));
        for (String solved : List.of("phantom", "implicit")) {
            assertEquals(24, curves.get(solved).length);
            assertEquals(1, Arrays.stream(curves.get(solved)).distinct().count(), solved);
        }
    }

    @Test
    void recomputationGrowsByTheInputsOfTheBlocks() {
        for (int k = 1; k < 5; k++) {
            long more = recomputing(k + 1) - recomputing(k);
            assertEquals(3 * STATE + IMAGE + LOSS, more);
        }
    }

    @Test
    void recomputedStepsGrowByOneState() {
        for (int k = 1; k < 5; k++) {
            // supervised states have a gradient of their own
            long more = recomputingSteps(k + 1) - recomputingSteps(k);
            assertEquals(STATE, more);
        }
    }

    private long recomputingSteps(int iterations) {
        return memory.bytes(Estimator.Unrolled.at(iterations, List.of()).recomputing(), true);
    }

    private long recomputing(int iterations) {
        return memory.bytes(Estimator.Unrolled.of(iterations), true);
    }

    @Test
    void stepsThatKeepTheirActivationsGrowByThose() {
        long one = memory.bytes(Estimator.Unrolled.of(1), false);
        long two = memory.bytes(Estimator.Unrolled.of(2), false);
        long three = memory.bytes(Estimator.Unrolled.of(3), false);
        assertEquals(two - one, three - two);
        assertTrue(two - one > 3 * (recomputing(2) - recomputing(1)), "only " + (two - one));
    }

    @Test
    void whatHasNoIterationsIsRefused() {
        expect(
                "ViT-S/2 has no equilibrium: there are no iterations to count",
                () -> new TrainingMemory(Presets.byName("ViT-S/2"), 1));
        expect("the batch must be at least 1, not 0", () -> new TrainingMemory(MODEL, 0));
    }

    private static void expect(String message, Runnable wrong) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, wrong::run).getMessage());
    }
}
