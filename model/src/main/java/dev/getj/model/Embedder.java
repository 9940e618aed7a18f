package dev.getj.model;

import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.PatchOrder;
import dev.getj.kernels.Tensor;

import java.util.Optional;

/** Patch embedding with fixed positions, and the class embedding that every block shares. */
final class Embedder {
    private static final String PATCHES = "x_embedder.proj";
    private static final String CLASSES = "y_embedder.embedding_table.weight";

    private final LinearLayer projection;
    private final Tensor position;
    private final Optional<Tensor> table;

    Embedder(ModelConfig config, Parameters weights) {
        projection = LinearLayer.of(weights, PATCHES);
        position = weights.tensor(ParameterTable.POSITION).reshape(config.tokens(), config.width());
        table = config.conditional() ? Optional.of(weights.tensor(CLASSES)) : Optional.empty();
    }

    // noise is [B, C, S, S], patches [B, N, C·p·p], h [B, N, D]
    void forward(Kernels k, Tensor noise, Tensor patches, Tensor h) {
        k.patchify(noise, PatchOrder.CHANNEL_FIRST, patches);
        k.linearResidual(patches, projection.weight(), projection.bias(), position, h);
    }

    // c is [B, 3D]; there may be none where there are no classes
    void classes(Kernels k, IntTensor labels, Optional<Tensor> c) {
        table.ifPresent(rows -> k.embedding(rows, labels, c.orElseThrow()));
    }

    // d is the gradient of h
    void backward(Kernels k, Tensor patches, Tensor d, Parameters gradients) {
        LinearLayer dProjection = LinearLayer.of(gradients, PATCHES);
        k.linearBackwardWeight(d, patches, dProjection.weight(), dProjection.bias());
    }

    // dC is the gradient of c, summed over all blocks
    void classesBackward(Kernels k, IntTensor labels, Optional<Tensor> dC, Parameters gradients) {
        if (table.isPresent()) {
            k.embeddingBackward(dC.orElseThrow(), labels, gradients.tensor(CLASSES));
        }
    }
}
