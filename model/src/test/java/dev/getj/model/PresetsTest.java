package dev.getj.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class PresetsTest {
    // the reference's table: parameters with the positional embedding, 10⁹ multiply-accumulates at
    // 6 iterations
    @ParameterizedTest
    @CsvSource({
        "GET-T/2, 256, 4, 6, 8558092, 7.0",
        "GET-M/2, 384, 6, 6, 19177740, 15.1",
        "GET-S/2, 512, 8, 6, 37173260, 31.2",
        "GET-B/2, 768, 12, 1, 62207244, 81.2",
        "GET-B/2+, 768, 12, 6, 83481612, 69.0",
    })
    void getsHaveTheSizesOfThePaper(
            String name, int width, int heads, int depth, int parameters, double billions) {
        ModelConfig config = Presets.byName(name);
        assertEquals(name, config.name());
        assertEquals(width, config.width());
        assertEquals(heads, config.heads());
        assertEquals(depth, config.blocks().depth());
        assertEquals(3, config.kind().blocks().depth());
        assertEquals(256, config.tokens());
        ParameterTable table = new ParameterTable(config);
        assertEquals(parameters, table.size());
        assertEquals(parameters - 256 * width, table.trainedSize());
        assertEquals(billions, config.multiplyAccumulates(6) * 1e-9, 0.05 + 1e-9);
    }

    @ParameterizedTest
    @CsvSource({
        "ViT-S/2, 12, 384, 6, 2", "ViT-S/4, 12, 384, 6, 4", "ViT-S/8, 12, 384, 6, 8",
        "ViT-B/2, 12, 768, 12, 2", "ViT-B/4, 12, 768, 12, 4", "ViT-B/8, 12, 768, 12, 8",
        "ViT-L/2, 24, 1024, 16, 2", "ViT-L/4, 24, 1024, 16, 4", "ViT-L/8, 24, 1024, 16, 8",
        "ViT-XL/2, 28, 1152, 16, 2", "ViT-XL/4, 28, 1152, 16, 4", "ViT-XL/8, 28, 1152, 16, 8",
    })
    void vitsHaveTheSizesOfTheReference(String name, int depth, int width, int heads, int patch) {
        ModelConfig config = Presets.byName(name);
        assertEquals(
                new ModelConfig(
                        name,
                        new ModelConfig.Images(32, 3, 0),
                        new ModelConfig.Token(patch, width, heads),
                        new ModelConfig.Stack(depth, 4),
                        new ModelConfig.Vit()),
                config);
        int d = width;
        int features = 3 * patch * patch;
        int block = 12 * d * d + 13 * d; // qkv 3d²+3d, proj d²+d, mlp 8d²+5d, two norms 4d
        int expected =
                2 * d * features + d + features + 2 * d + depth * block + config.tokens() * d;
        assertEquals(expected, new ParameterTable(config).size());
    }

    @Test
    void seventeenNamesAreFoundWhateverTheirCase() {
        List<String> names = Presets.names();
        assertEquals(17, names.size());
        for (String name : names) {
            assertEquals(name, Presets.byName(" " + name.toLowerCase()).name());
        }
    }

    @Test
    void anUnknownNameListsTheKnownOnes() {
        IllegalArgumentException error =
                assertThrows(IllegalArgumentException.class, () -> Presets.byName("GET-XXL"));
        assertTrue(
                error.getMessage()
                        .startsWith("no model is called 'GET-XXL'; there are GET-T/2, GET-M/2"),
                error.getMessage());
        Presets.names().forEach(name -> assertTrue(error.getMessage().contains(name), name));
    }

    @Test
    void everyParameterLiesBehindTheOneBeforeAndThePositionsLast() {
        for (ModelConfig config :
                List.of(
                        TinyNetworks.conditional(),
                        TinyNetworks.unconditional(),
                        TinyNetworks.vit())) {
            ParameterTable table = new ParameterTable(config);
            int end = 0;
            for (ParameterTable.Entry entry : table.entries()) {
                assertEquals(end, entry.offset(), entry.name());
                end += entry.size();
            }
            assertEquals(end, table.size());
            assertEquals(ParameterTable.POSITION, table.entries().getLast().name());
            assertEquals(table.entries().size() - 1, table.trainedEntries().size());
        }
    }

    @Test
    void aNetworkBeyondOneArrayIsRefused() {
        ModelConfig huge =
                new ModelConfig(
                        "huge",
                        new ModelConfig.Images(32, 3, 0),
                        new ModelConfig.Token(2, 1 << 14, 4),
                        new ModelConfig.Stack(8, 4),
                        new ModelConfig.Get(new ModelConfig.Stack(3, 4)));
        IllegalArgumentException error =
                assertThrows(IllegalArgumentException.class, () -> new ParameterTable(huge));
        assertEquals(
                "the network has more than 2^31 parameters: " + huge.describe(),
                error.getMessage());
    }
}
