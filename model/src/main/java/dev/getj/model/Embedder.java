package dev.getj.model;

import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.op.PatchOrder;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

/** Patch embedding with fixed positions, and the class embedding that every block shares. */
final class Embedder {
    private static final String PATCHES = "x_embedder.proj";
    private static final String CLASSES = "y_embedder.embedding_table.weight";

    private final LinearLayer projection;
    private final Tensor position;
    private final Tensor table;

    Embedder(ModelConfig config, Parameters weights) {
        projection = LinearLayer.of(weights, PATCHES);
        position = weights.tensor(ParameterTable.POSITION).reshape(config.tokens(), config.width());
        table = config.conditional() ? weights.tensor(CLASSES) : null;
    }

    // noise is [B, C, S, S], patches [B, N, C·p·p], h [B, N, D]; condition is [B, 3D] or null
    void forward(
            Kernels k, Tensor noise, IntTensor labels, Tensor patches, Tensor condition, Tensor h) {
        k.patchify(noise, PatchOrder.CHANNEL_FIRST, patches);
        k.linearResidual(patches, projection.weight(), projection.bias(), position, h);
        if (table != null) {
            k.embedding(table, labels, condition);
        }
    }

    // d is the gradient of h, dCondition that of the condition summed over all blocks
    void backward(
            Kernels k,
            Tensor patches,
            IntTensor labels,
            Tensor d,
            Tensor dCondition,
            Parameters gradients) {
        LinearLayer dProjection = LinearLayer.of(gradients, PATCHES);
        k.linearBackwardWeight(d, patches, dProjection.weight(), dProjection.bias());
        if (table != null) {
            k.embeddingBackward(dCondition, labels, gradients.tensor(CLASSES));
        }
    }
}
