package dev.getj.model;

import dev.getj.kernels.Backend;
import dev.getj.kernels.op.AttentionOp;
import dev.getj.kernels.tensor.DType;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a network computes batches of one size; makes tensors of its shapes.
 *
 * @param factor type of what products multiply: the backend's own, or one of 16 bits
 */
record Space(Backend backend, ModelConfig config, int batch, DType factor) {
    Space of(int otherBatch) {
        return new Space(backend, config, otherBatch, factor);
    }

    /** True if products take factors of 16 bits. */
    boolean mixed() {
        return factor.isHalf();
    }

    /** [B, N, {@code features}]. */
    Tensor tokens(int features) {
        return backend.allocate(batch, config.tokens(), features);
    }

    /** [B, N, features], of the factors' type. */
    Tensor factors(int features) {
        return backend.allocate(factor, batch, config.tokens(), features);
    }

    /**
     * Queries, keys and values, [B, N, 3D]: of the factors' type where attention takes heads of
     * this depth in 16 bits, otherwise floats.
     */
    Tensor qkv() {
        int features = 3 * config.width();
        return AttentionOp.takesHalves(config.width() / config.heads())
                ? factors(features)
                : tokens(features);
    }

    /** z or h, [B, N, D]. */
    Tensor state() {
        return tokens(config.width());
    }

    /** [B, C, S, S]. */
    Tensor images() {
        return backend.allocate(batch, config.channels(), config.imageSize(), config.imageSize());
    }

    /** [B]. */
    IntTensor labels() {
        return backend.allocateInts(batch);
    }

    /** [B, N, C·p²]. */
    Tensor patches() {
        return tokens(config.patchFeatures());
    }

    /** c, [B, 3D]. */
    Tensor condition() {
        return backend.allocate(batch, 3 * config.width());
    }

    /** c, if there are classes. */
    Optional<Tensor> classes() {
        return config.conditional() ? Optional.of(condition()) : Optional.empty();
    }

    /** What is injected into equilibrium blocks: a new u, [B, N, 3D·M], and c. */
    Block.Injections injections(Optional<Tensor> c) {
        int columns = 3 * config.width() * config.kind().blocks().depth();
        return new Block.Injections(Optional.of(tokens(columns)), c);
    }

    /**
     * The same where nothing is differentiated: new sums of it where queries, keys and values have
     * 16 bits.
     */
    Block.Injections injectionsOfSampling(Optional<Tensor> c) {
        if (!mixed() || !AttentionOp.takesHalves(config.width() / config.heads())) {
            return injections(c);
        }
        List<Tensor> sums =
                Stream.generate(() -> factors(3 * config.width()))
                        .limit(config.kind().blocks().depth())
                        .toList();
        return new Block.Injections(Optional.empty(), c, sums);
    }
}
