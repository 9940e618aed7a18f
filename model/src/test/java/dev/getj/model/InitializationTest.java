package dev.getj.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.Arrays;

class InitializationTest {
    /** Wide enough that means and deviations of a weight mean something. */
    private static final ModelConfig CONFIG =
            new ModelConfig(
                    "x",
                    new ModelConfig.Images(12, 3, 10),
                    new ModelConfig.Token(2, 32, 4),
                    new ModelConfig.Stack(2, 4),
                    new ModelConfig.Get(new ModelConfig.Stack(2, 6)));

    private final Backend backend = Backends.jvm(1);

    @AfterEach
    void close() {
        backend.close();
    }

    private Parameters initialized(long seed) {
        Parameters weights = new Parameters(backend, new ParameterTable(CONFIG));
        Initialization.initialize(CONFIG, weights, seed);
        return weights;
    }

    @Test
    void linearLayersAndPatchesAreXavierUniform() {
        Parameters weights = initialized(5);
        int seen = 0;
        for (ParameterTable.Entry entry : weights.table().entries()) {
            boolean linear = entry.name().matches("(x_embedder|qkv_inj|.*(attn|mlp)).*weight");
            if (!linear) {
                continue;
            }
            seen++;
            float[] values = weights.tensor(entry.name()).get();
            int outputs = entry.shape().getFirst();
            double bound = Math.sqrt(6.0 / (outputs + values.length / outputs));
            double largest = 0;
            double sum = 0;
            double squares = 0;
            for (float value : values) {
                largest = Math.max(largest, Math.abs(value));
                sum += value;
                squares += value * value;
            }
            assertTrue(largest <= bound * (1 + 1e-6), entry.name());
            assertTrue(largest > 0.97 * bound, entry.name() + " does not reach its bound");
            // five standard errors of n uniform variates
            double error = 5 * bound / Math.sqrt(values.length);
            assertEquals(0, sum / values.length, error, entry.name());
            assertEquals(bound * bound / 3, squares / values.length, error * bound, entry.name());
        }
        assertEquals(1 + 4 * 4 + 1, seen);
    }

    @Test
    void theRestBeginsAsInTheReference() {
        Parameters weights = initialized(5);
        for (ParameterTable.Entry entry : weights.table().trainedEntries()) {
            String name = entry.name();
            float[] values = weights.tensor(name).get();
            if (name.startsWith("final_layer.linear") || name.endsWith("bias")) {
                assertArrayEquals(new float[values.length], values, name);
            } else if (name.contains("norm")) {
                float[] ones = new float[values.length];
                Arrays.fill(ones, 1);
                assertArrayEquals(ones, values, name);
            }
        }
        float[] table = weights.tensor("y_embedder.embedding_table.weight").get();
        double squares = 0;
        for (float value : table) {
            squares += value * value;
        }
        assertEquals(0.02, Math.sqrt(squares / table.length), 0.002);
    }

    @Test
    void whatStartsAtItsInjectionInjectsNothingAtFirst() {
        ModelConfig config = TinyNetworks.fromInjection();
        Parameters weights = new Parameters(backend, new ParameterTable(config));
        Initialization.initialize(config, weights, 5);
        float[] injection = weights.tensor(Injection.WEIGHT).get();
        assertArrayEquals(new float[injection.length], injection);
    }

    @Test
    void positionsFollowTheirFormula() {
        float[] positions = initialized(5).tensor(ParameterTable.POSITION).get();
        int grid = CONFIG.imageSize() / CONFIG.patch();
        int width = CONFIG.width();
        int quarter = width / 4;
        for (int row = 0; row < grid; row++) {
            for (int column = 0; column < grid; column++) {
                int at = (row * grid + column) * width;
                for (int i = 0; i < quarter; i++) {
                    double omega = 1 / Math.pow(10000, i / (double) quarter);
                    assertEquals(Math.sin(column * omega), positions[at + i], 1e-7);
                    assertEquals(Math.cos(column * omega), positions[at + quarter + i], 1e-7);
                    assertEquals(Math.sin(row * omega), positions[at + 2 * quarter + i], 1e-7);
                    assertEquals(Math.cos(row * omega), positions[at + 3 * quarter + i], 1e-7);
                }
            }
        }
    }

    @Test
    void aSeedAlwaysGivesTheSameWeightsAndAnotherGivesOthers() {
        float[] first = initialized(5).flat().get();
        assertArrayEquals(first, initialized(5).flat().get());
        float[] other = initialized(5L + (1L << 32)).flat().get(); // both halves of a seed count
        assertFalse(Arrays.equals(first, other));
        Parameters weights = initialized(6);
        float[] block0 = weights.tensor("blocks.0.attn.proj.weight").get();
        assertFalse(Arrays.equals(block0, weights.tensor("blocks.1.attn.proj.weight").get()));
    }
}
