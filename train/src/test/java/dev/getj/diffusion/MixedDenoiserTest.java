package dev.getj.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.Initialization;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.Precision;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

/** A teacher with factors of 16 bits, on the reference backend, which has all types. */
class MixedDenoiserTest {
    @Test
    void valuesBeyondTheRangeAreTold() {
        ModelConfig config =
                new ModelConfig(
                        "tiny",
                        new ModelConfig.Images(4, 2, 3),
                        new ModelConfig.Token(2, 8, 2),
                        new ModelConfig.Stack(2, 2),
                        new ModelConfig.Vit());
        Backend backend = new ReferenceBackend();
        Parameters weights = new Parameters(backend, ParameterTable.denoiser(config));
        Initialization.initialize(config, weights, 1);
        Tensor bias = weights.tensor("blocks.1.mlp.fc1.bias");
        float[] large = new float[bias.size()];
        Arrays.fill(large, 1e6f);
        bias.set(large);
        try (TrainedDenoiser teacher =
                new TrainedDenoiser(backend, config, new Edm(0.5), weights, 2, Precision.MIXED)) {
            float[] images = new float[config.pixels()];
            GetjException beyond =
                    assertThrows(
                            GetjException.class,
                            () -> teacher.denoise(images, 1, new int[1], 1, images.clone()));
            assertEquals(
                    "--precision mixed: these weights give values beyond the range of 16 bits, up"
                        + " to 65504; the first came from linearGelu of 'block': use --precision"
                        + " float32",
                    beyond.getMessage());
        }
    }
}
