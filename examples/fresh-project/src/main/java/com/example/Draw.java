package com.example;

import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.Samples;
import dev.getj.sample.WeightsLocation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Draws a seven: {@code Draw seven.png}. */
public final class Draw {
    private Draw() {}

    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        // your own weights: Sampler.load(Path.of("runs/mine"))
        try (Sampler sampler = Sampler.load(WeightsLocation.parse("builtin:strokes"))) {
            Samples samples = sampler.sample(SampleRequest.of(1).withSeed(3).withLabel(7));
            Files.write(file, samples.png(0));
        }
    }
}
