package dev.getj.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class ModelConfigTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    0  | 3 | 2 | 8 | 2 | 1 | 1 | 4 | 4    | 0  | image size must lie in 1…65536, not 0
                    16 | 0 | 2 | 8 | 2 | 1 | 1 | 4 | 4    | 0  | channels must lie in 1…65536, not 0
                    16 | 3 | 0 | 8 | 2 | 1 | 1 | 4 | 4    | 0  | patch must lie in 1…65536, not 0
                    16 | 3 | 2 | 0 | 2 | 1 | 1 | 4 | 4    | 0  | width must lie in 1…65536, not 0
                    16 | 3 | 2 | 8 | 0 | 1 | 1 | 4 | 4    | 0  | heads must lie in 1…65536, not 0
                    16 | 3 | 2 | 8 | 2 | -1 | 1 | 4 | 4   | 0  | depth must lie in 0…65536, not -1
                    16 | 3 | 2 | 8 | 2 | 1 | -1 | 4 | 4   | 0  | equilibrium depth must lie in 0…65536, not -1
                    16 | 3 | 2 | 8 | 2 | 1 | 1 | 4 | 4    | -1 | classes must lie in 0…65536, not -1
                    16 | 3 | 2 | 8 | 2 | 1 | 1 | 4 | 4    | 99999 | classes must lie in 0…65536, not 99999
                    16 | 3 | 3 | 8 | 2 | 1 | 1 | 4 | 4    | 0  | images of side 16 do not cut into patches of side 3
                    16 | 3 | 2 | 8 | 3 | 1 | 1 | 4 | 4    | 0  | width 8 does not split into 3 heads
                    16 | 3 | 2 | 6 | 2 | 1 | 1 | 4 | 4    | 0  | width 6 is not a multiple of 4, which the positional embedding needs
                    16 | 3 | 2 | 8 | 2 | 1 | 1 | 0 | 4    | 0  | MLP ratio 0.0 gives no hidden width
                    16 | 3 | 2 | 8 | 2 | 1 | 1 | 4 | NaN  | 0  | equilibrium MLP ratio NaN gives no hidden width
                    16 | 3 | 2 | 8 | 2 | 1 | 1 | 4 | 5000 | 0  | equilibrium MLP ratio 5000.0 gives no hidden width
                    16 | 3 | 2 | 8 | 2 | 0 | 0 | 4 | 4    | 0  | a network needs at least one block
                    """)
    void sizesThatCannotBeAreNamed(
            int size,
            int channels,
            int patch,
            int width,
            int heads,
            int depth,
            int equilibriumDepth,
            double ratio,
            double equilibriumRatio,
            int classes,
            String message) {
        IllegalArgumentException error =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new ModelConfig(
                                        "x",
                                        new ModelConfig.Images(size, channels, classes),
                                        new ModelConfig.Token(patch, width, heads),
                                        new ModelConfig.Stack(depth, ratio),
                                        ModelConfig.Kind.of(equilibriumDepth, equilibriumRatio)));
        assertEquals(message, error.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"65536, 1, 1, 8", "65536, 3, 65536, 8", "4096, 1, 1, 256"})
    void imagesThatNoArrayHoldsAreRefused(int size, int channels, int patch, int width) {
        IllegalArgumentException error =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new ModelConfig(
                                        "x",
                                        new ModelConfig.Images(size, channels, 0),
                                        new ModelConfig.Token(patch, width, 1),
                                        new ModelConfig.Stack(1, 4),
                                        new ModelConfig.Get(new ModelConfig.Stack(1, 4))));
        assertTrue(
                error.getMessage().contains("%d×%d×%d".formatted(size, size, channels)),
                error.getMessage());
    }

    @Test
    void sizesFollowFromTheOthers() {
        ModelConfig config =
                new ModelConfig(
                        "x",
                        new ModelConfig.Images(16, 3, 10),
                        new ModelConfig.Token(4, 32, 4),
                        new ModelConfig.Stack(2, 4),
                        new ModelConfig.Get(new ModelConfig.Stack(3, 1.5)));
        assertEquals(16, config.tokens());
        assertEquals(48, config.patchFeatures());
        assertEquals(768, config.pixels());
        assertEquals(512, config.stateSize());
        assertEquals(128, config.blocks().hidden(32));
        assertEquals(48, config.kind().blocks().hidden(32));
        assertTrue(config.conditional());
        assertTrue(config.kind() instanceof ModelConfig.Get);
        assertFalse(TinyNetworks.unconditional().conditional());
        assertEquals(
                "x: 16×16×3, 16 tokens, width 32, 4 heads, depth 2, equilibrium depth 3, 10"
                        + " classes",
                config.describe());
        assertEquals(
                "tiny ViT: 4×4×2, 4 tokens, width 8, 2 heads, depth 2, 3 classes",
                TinyNetworks.vit().describe());
    }

    @Test
    void theObjectiveWeighsTheLastStateFully() {
        Objective paper = Objective.paper();
        assertArrayEquals(
                new double[] {0.32768, 0.4096, 0.512, 0.64, 0.8, 1}, paper.weights(), 1e-12);
        expect("at least 1 iteration must be unrolled, not 0", () -> Estimator.Unrolled.of(0));
        for (double decay : new double[] {0, -1, 1.1, Double.NaN}) {
            expect(
                    "the loss decay must lie in (0, 1], not " + decay,
                    () -> Objective.unrolled(paper.loss(), 6, decay));
        }
        expect(
                "at least 1 slice is needed, not 0",
                () -> new Objective(paper.loss(), paper.gradient(), 0, paper.weighting(), 0));
        expect(
                "the Jacobian penalty must be at least 0, not -1.0",
                () -> new Objective(paper.loss(), paper.gradient(), 1, paper.weighting(), -1));
        expect(
                "the supervised steps must ascend from 1 to 3: [2, 3, 4]",
                () -> Estimator.Unrolled.at(3, List.of(2, 4)));
        expect(
                "the gap between supervised steps must be at least 1, not 0",
                () -> Estimator.Unrolled.every(0, 6));
    }

    private static void expect(String message, Executable wrong) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, wrong).getMessage());
    }
}
