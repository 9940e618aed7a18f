package dev.getj.onnx.runtime;

import dev.getj.eval.FeatureFile;
import dev.getj.eval.FeatureFormat;
import dev.getj.eval.Features;

import java.nio.file.Path;

/** Files {@code .onnx}. */
public final class OnnxFeatureFormat implements FeatureFormat {
    @Override
    public boolean reads(Path file) {
        return OnnxModel.named(file);
    }

    @Override
    public Features open(FeatureFile file) {
        return OnnxFeatures.open(file);
    }
}
