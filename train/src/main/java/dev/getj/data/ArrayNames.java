package dev.getj.data;

import dev.getj.io.GetjException;
import dev.getj.io.NumpyFile;
import dev.getj.io.StridedTensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Which arrays of a NumPy file are images and labels.
 *
 * @param images name of an array
 * @param labels name of an array; null for none
 */
record ArrayNames(String images, String labels) {
    /** Says that there are no labels to take, unless an array is called so. */
    private static final String NONE = "none";

    private static final List<String> IMAGES =
            List.of("images", "arr_0", "samples", "data", "x", "X", "image");
    private static final List<String> LABELS =
            List.of("labels", "label", "arr_1", "y", "Y", "targets", "target");

    /** Names of a part of the data, such as {@code x_train}; S stands for the part. */
    private static final List<ArrayNames> OF_PARTS =
            List.of(
                    new ArrayNames("x_S", "y_S"),
                    new ArrayNames("X_S", "y_S"),
                    new ArrayNames("S_images", "S_labels"),
                    new ArrayNames("S_x", "S_y"));

    /**
     * @param images what the user named; null to find out
     * @param labels of the array of labels
     * @param split {@code train}, {@code val} or {@code test}; null if the user named none
     * @throws GetjException if there is no such array, or more than one
     */
    static ArrayNames of(NumpyFile file, String images, String labels, String split) {
        ArrayNames found = images != null ? ofImages(file, images) : find(file, split);
        if (labels == null) {
            return found;
        }
        return new ArrayNames(found.images, labels.equals(NONE) && !file.has(NONE) ? null : labels);
    }

    /** Labels of images that the user named: of the same part, or of a usual name. */
    private static ArrayNames ofImages(NumpyFile file, String images) {
        for (String split : List.of("train", "val", "valid", "test")) {
            for (ArrayNames names : OF_PARTS) {
                if (names.of(split).images.equals(images)) {
                    return names.of(split).present(file);
                }
            }
        }
        return new ArrayNames(images, usual(file, LABELS));
    }

    private static ArrayNames find(NumpyFile file, String split) {
        String usual = usual(file, IMAGES);
        if (usual != null && split == null) {
            return new ArrayNames(usual, usual(file, LABELS));
        }
        for (ArrayNames names : OF_PARTS) {
            ArrayNames part = names.of(split == null ? "train" : split);
            if (file.has(part.images)) {
                return part.present(file);
            }
        }
        if (split != null) {
            throw new GetjException(
                    "%s: split=%s needs arrays such as x_%s and y_%s; it holds %s"
                            .formatted(
                                    file.path(),
                                    split,
                                    split,
                                    split,
                                    String.join(", ", file.names())));
        }
        List<String> like = file.names().stream().filter(name -> looksLike(file, name)).toList();
        if (like.size() > 1) {
            throw new GetjException(
                    "%s: any of its arrays %s may be the images; say images=%s or images=%s"
                            .formatted(
                                    file.path(),
                                    String.join(", ", like),
                                    like.getFirst(),
                                    like.get(1)));
        }
        return new ArrayNames(
                like.isEmpty() ? file.names().iterator().next() : like.getFirst(),
                usual(file, LABELS));
    }

    private static boolean looksLike(NumpyFile file, String name) {
        try {
            StridedTensor array = file.array(name);
            return ArrayForm.of(array).isPresent();
        } catch (GetjException _) {
            // text or objects: not the images
            return false;
        }
    }

    private static String usual(NumpyFile file, List<String> names) {
        return names.stream().filter(file::has).findFirst().orElse(null);
    }

    private ArrayNames of(String split) {
        return new ArrayNames(images.replace("S", split), labels.replace("S", split));
    }

    private ArrayNames present(NumpyFile file) {
        return new ArrayNames(images, file.has(labels) ? labels : null);
    }

    /** Names of the arrays that are not taken. */
    List<String> others(NumpyFile file) {
        List<String> others = new ArrayList<>(file.names());
        others.remove(images);
        others.remove(labels);
        return others;
    }
}
