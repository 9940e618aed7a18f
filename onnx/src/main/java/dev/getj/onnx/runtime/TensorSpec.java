package dev.getj.onnx.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;

import dev.getj.io.GetjException;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * An input or output of a model.
 *
 * @param shape −1 where a dimension is told when the model is run
 */
record TensorSpec(String name, OnnxJavaType type, long[] shape) {
    static TensorSpec of(NodeInfo node) {
        return node.getInfo() instanceof TensorInfo tensor
                ? new TensorSpec(node.getName(), tensor.type, tensor.getShape())
                : new TensorSpec(node.getName(), OnnxJavaType.UNKNOWN, new long[0]);
    }

    /**
     * The tensor that a user named.
     *
     * @param role what it is to be
     * @throws GetjException if there is none of this name
     */
    static TensorSpec named(Path file, Enum<?> role, String name, List<TensorSpec> among) {
        for (TensorSpec spec : among) {
            if (spec.name().equals(name)) {
                return spec;
            }
        }
        throw new GetjException(
                "%s has no tensor '%s' to be %s; there are (%s)"
                        .formatted(file, name, role.name().toLowerCase(Locale.ROOT), text(among)));
    }

    static String text(List<TensorSpec> specs) {
        return specs.stream().map(TensorSpec::toString).collect(Collectors.joining("; "));
    }

    int rank() {
        return shape.length;
    }

    boolean real() {
        return switch (type) {
            case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> true;
            default -> false;
        };
    }

    boolean whole() {
        return type == OnnxJavaType.INT64 || type == OnnxJavaType.INT32;
    }

    /** Of a type that zeros and ones can be fed in. */
    boolean feedable() {
        return real()
                || switch (type) {
                    case INT8, UINT8, INT16, INT32, INT64, BOOL -> true;
                    default -> false;
                };
    }

    /**
     * The shape of zeros for {@code count} images, or null if a dimension but the first is not
     * told.
     */
    long[] zerosFor(int count) {
        long[] zeros = shape.clone();
        for (int i = 0; i < zeros.length; i++) {
            if (zeros[i] < 0 && i > 0) {
                return null;
            }
            zeros[i] = zeros[i] < 0 ? count : zeros[i];
        }
        return zeros;
    }

    /** Four dimensions, of which the last two are not both 1. */
    boolean looksLikeImages() {
        return rank() == 4 && !(shape[2] == 1 && shape[3] == 1);
    }

    /** One number for each image, or one for all: no dimension but the first is above 1. */
    boolean looksLikeLevels() {
        return real() && Arrays.stream(shape).skip(1).allMatch(dimension -> dimension <= 1);
    }

    /** The shape of one number for each of {@code count} images, or one for all. */
    long[] levelsFor(int count) {
        long[] levels = new long[rank()];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = shape[i] >= 0 ? shape[i] : i == 0 ? count : 1;
        }
        return levels;
    }

    /** {@code x: float [?, 3, 32, 32]}. */
    @Override
    public String toString() {
        return "%s: %s [%s]"
                .formatted(
                        name,
                        type.toString().toLowerCase(Locale.ROOT),
                        Arrays.stream(shape)
                                .mapToObj(d -> d < 0 ? "?" : Long.toString(d))
                                .collect(Collectors.joining(", ")));
    }
}
