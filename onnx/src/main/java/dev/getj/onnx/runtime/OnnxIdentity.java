package dev.getj.onnx.runtime;

import dev.getj.io.GetjException;
import dev.getj.io.Sha256;

import java.nio.file.Path;
import java.util.List;

/**
 * What a model is: the SHA-256 of its file and of the files beside it that hold its weights.
 *
 * @param externalSha256 of the files beside it, in the order of their names; empty if there are
 *     none
 */
record OnnxIdentity(String sha256, String externalSha256) {
    /**
     * @throws GetjException if the model or a file beside it cannot be read, or is something else
     */
    static OnnxIdentity of(Path model) {
        OnnxModel.requireKind(model);
        List<Path> beside =
                ExternalData.of(model).stream()
                        .map(location -> ExternalData.resolve(model, location))
                        .toList();
        return new OnnxIdentity(sha256(List.of(model)), beside.isEmpty() ? "" : sha256(beside));
    }

    /**
     * To be called once the model is loaded: what was loaded is what was read before.
     *
     * @throws GetjException if a file has changed since
     */
    void requireUnchanged(Path model) {
        if (!of(model).equals(this)) {
            throw new GetjException(
                    "%s, or a file beside it with its weights, changed while it was loaded; start again once it is written"
                            .formatted(model));
        }
    }

    private static String sha256(List<Path> files) {
        Sha256 digest = new Sha256();
        files.forEach(digest::add);
        return digest.hex();
    }
}
