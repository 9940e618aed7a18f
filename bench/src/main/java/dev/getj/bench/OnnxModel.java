package dev.getj.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

import dev.getj.model.ModelConfig;
import dev.getj.onnx.OnnxExport;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

/** A network that getj exported, run by ONNX Runtime with all its optimisations. */
final class OnnxModel implements Contender {
    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs;
    private OrtSession.Result outputs;

    OnnxModel(Path model, ModelConfig config, float[] noise, float[] start, int batch, int threads)
            throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            session = environment.createSession(model.toString(), options);
        }
        long side = config.imageSize();
        long[] images = {batch, config.channels(), side, side};
        long[] states = {batch, config.tokens(), config.width()};
        inputs =
                Map.of(
                        OnnxExport.NOISE,
                        OnnxTensor.createTensor(environment, FloatBuffer.wrap(noise), images),
                        OnnxExport.START,
                        OnnxTensor.createTensor(environment, FloatBuffer.wrap(start), states));
    }

    @Override
    public String name() {
        return "ONNX Runtime";
    }

    @Override
    public void run() {
        if (outputs != null) {
            outputs.close();
        }
        try {
            outputs = session.run(inputs);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
        }
    }

    @Override
    public float[] result() {
        FloatBuffer image = ((OnnxTensor) outputs.get(0)).getFloatBuffer();
        float[] values = new float[image.remaining()];
        image.get(values);
        return values;
    }

    @Override
    public void close() {
        if (outputs != null) {
            outputs.close();
        }
        inputs.values().forEach(OnnxTensor::close);
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime: " + e.getMessage(), e);
        }
    }
}
