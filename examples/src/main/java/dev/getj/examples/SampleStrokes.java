package dev.getj.examples;

import dev.getj.kernels.device.Devices;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.Samples;
import dev.getj.sample.WeightsLocation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Draws sevens with the weights that come with getj, and tells how near the fixed point they are.
 */
public final class SampleStrokes {
    private SampleStrokes() {}

    /**
     * @param arguments the folder for the images, which exists
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        try (Sampler sampler = Sampler.load(WeightsLocation.parse("builtin:strokes"))) {
            Samples samples = sampler.sample(SampleRequest.of(4).withSeed(3).withLabel(7));
            for (int i = 0; i < samples.count(); i++) {
                Path file = Path.of("seven-" + i + ".png");
                Files.write(folder.resolve(file), samples.png(i));
                System.out.println(file + ": residual " + samples.residuals()[i]);
            }
            System.out.println("backend: " + sampler.backend().id());
        }
        System.out.println("TornadoVM: " + (Devices.tornadoIsLoaded() ? Devices.list() : "none"));
    }
}
