package dev.getj.bench;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;

import dev.getj.model.ModelConfig;

import java.io.IOException;
import java.nio.file.Path;

/** A module in TorchScript, run by libtorch. */
final class TorchModel implements Contender {
    private final NDManager manager = Torch.manager();
    private final Model model;
    private final Predictor<NDList, NDList> predictor;
    private final NDList inputs;
    private NDList outputs;

    /**
     * @param module a file whose name ends in .pt
     */
    TorchModel(Path module, ModelConfig config, float[] noise, float[] start, int batch)
            throws IOException {
        model = Model.newInstance("get", "PyTorch");
        try {
            model.load(module.getParent(), module.getFileName().toString());
        } catch (MalformedModelException e) {
            throw new IOException(module + ": " + e.getMessage(), e);
        }
        predictor = model.newPredictor(new NoopTranslator(null));
        int side = config.imageSize();
        inputs =
                new NDList(
                        manager.create(noise, new Shape(batch, config.channels(), side, side)),
                        manager.create(start, new Shape(batch, config.tokens(), config.width())));
    }

    @Override
    public String name() {
        return Torch.NAME;
    }

    @Override
    public void run() {
        if (outputs != null) {
            outputs.close();
        }
        try {
            outputs = predictor.predict(inputs);
        } catch (TranslateException e) {
            throw new IllegalStateException("libtorch: " + e.getMessage(), e);
        }
    }

    @Override
    public float[] result() {
        return outputs.singletonOrThrow().toFloatArray();
    }

    @Override
    public void close() {
        predictor.close();
        model.close();
        manager.close();
    }
}
