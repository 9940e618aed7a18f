package dev.getj.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.model.ModelConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Peers compute what getj computes, or the race would refuse them. */
class PeersTest {
    private static final Race ONE_ROUND = new Race(0, 1, 0);

    @Test
    void samplersAgree() throws IOException {
        ModelConfig tiny =
                new ModelConfig(
                        "tiny",
                        new ModelConfig.Images(8, 3, 0),
                        new ModelConfig.Token(2, 32, 4),
                        new ModelConfig.Stack(2, 4),
                        new ModelConfig.Get(new ModelConfig.Stack(3, 6)));
        Comparison comparison =
                ModelComparison.run(new ModelComparison.Case(tiny, 2, 3), 2, ONE_ROUND);
        assertEquals(Set.of("getj", "ONNX Runtime", "libtorch"), comparison.times().keySet());
    }

    @Test
    void aSamplerIsAModelAndItsBatch() {
        ModelComparison.Case parsed = ModelComparison.Case.parse("get-b/2@16");
        assertEquals("GET-B/2, batch 16", parsed.label());
        for (String wrong : List.of("GET-T/2", "GET-T/2@", "GET-T/2@0", "GET-T/2@-1", "@8")) {
            assertThrows(
                    IllegalArgumentException.class, () -> ModelComparison.Case.parse(wrong), wrong);
        }
    }

    @ParameterizedTest
    @EnumSource
    void productsAgree(Product.Kind kind) {
        Comparison comparison = ProductComparison.run(new Product(kind, 40, 24, 56), 2, ONE_ROUND);
        assertEquals(Set.of("getj", "OpenBLAS", "libtorch"), comparison.times().keySet());
    }
}
