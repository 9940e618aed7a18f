package dev.getj.onnx.runtime;

import ai.onnxruntime.OnnxJavaType;

import dev.getj.eval.FeatureFile;
import dev.getj.eval.FeatureFile.Role;
import dev.getj.io.GetjException;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which tensors of a feature network are what: as the user says, else by their names.
 *
 * @param image its only input
 * @param features name of the output that is compared
 * @param logits name of the output of the classes, or null if there is none
 * @param batch images at once if the network is made for one number only, else 0
 * @param channels C of its images
 * @param size S of its images
 */
record FeatureSignature(
        TensorSpec image, String features, String logits, int batch, int channels, int size) {
    private static final int LARGEST_SIZE = 4096;

    private static final Set<String> FEATURES = Set.of("features", "pool3", "pool_3", "2048");

    private static final Set<String> LOGITS = Set.of("logits", "logits_unbiased");

    /**
     * @throws GetjException naming what does not fit, or the option that tells
     */
    static FeatureSignature of(
            FeatureFile file, List<TensorSpec> inputs, List<TensorSpec> outputs) {
        if (inputs.size() != 1) {
            throw new GetjException(
                    "%s takes (%s); a feature network takes images and nothing else"
                            .formatted(file.path(), TensorSpec.text(inputs)));
        }
        TensorSpec image = inputs.getFirst();
        boolean fits =
                image.rank() == 4
                        && (image.real() || image.type() == OnnxJavaType.UINT8)
                        && image.shape()[2] == image.shape()[3];
        if (!fits) {
            throw misfit(file, image, "float or uint8 [batch, C, S, S]");
        }
        String logits = logits(file, outputs);
        return new FeatureSignature(
                image,
                features(file, outputs, logits),
                logits,
                (int) Math.max(0, image.shape()[0]),
                channels(file, image),
                size(file, image));
    }

    private static GetjException misfit(FeatureFile file, TensorSpec image, String expected) {
        return new GetjException(
                "%s: the input %s should be %s".formatted(file.path(), image, expected));
    }

    private static String logits(FeatureFile file, List<TensorSpec> outputs) {
        String name = file.names().get(Role.LOGITS);
        if (name != null) {
            return TensorSpec.named(file.path(), Role.LOGITS, name, outputs).name();
        }
        List<String> known = known(LOGITS, outputs);
        return outputs.size() > 1 && known.size() == 1 ? known.getFirst() : null;
    }

    private static String features(FeatureFile file, List<TensorSpec> outputs, String logits) {
        String name = file.names().get(Role.FEATURES);
        if (name != null) {
            return TensorSpec.named(file.path(), Role.FEATURES, name, outputs).name();
        }
        List<String> known = known(FEATURES, outputs);
        List<String> others =
                outputs.stream().map(TensorSpec::name).filter(o -> !o.equals(logits)).toList();
        List<String> candidates = known.size() == 1 ? known : others;
        if (candidates.size() != 1) {
            throw new GetjException(
                    "%s: which output holds the features is unclear from (%s); say it with --tensor features=NAME"
                            .formatted(file.path(), TensorSpec.text(outputs)));
        }
        return candidates.getFirst();
    }

    private static List<String> known(Set<String> names, List<TensorSpec> outputs) {
        return outputs.stream()
                .map(TensorSpec::name)
                .filter(name -> names.contains(name.toLowerCase(Locale.ROOT)))
                .toList();
    }

    private static int channels(FeatureFile file, TensorSpec image) {
        long told = image.shape()[1];
        if (told < 0 || told == file.channels()) {
            return file.channels();
        }
        if (told != 3) {
            throw misfit(
                    file, image, "[batch, %s, S, S] for these images".formatted(file.channels()));
        }
        return 3;
    }

    private static int size(FeatureFile file, TensorSpec image) {
        long told = image.shape()[2];
        if (told >= 0 && file.resize() != 0 && told != file.resize()) {
            throw new GetjException(
                    "%s: --resize %s does not fit the input %s"
                            .formatted(file.path(), file.resize(), image));
        }
        if (told == 0 || told > LARGEST_SIZE) {
            throw misfit(file, image, "of 1 to %s pixels a side".formatted(LARGEST_SIZE));
        }
        if (told > 0) {
            return (int) told;
        }
        return file.resize() == 0 ? file.imageSize() : file.resize();
    }
}
