package dev.getj.data;

import java.util.List;

/** Which of the CIFAR sets, which label of an image counts, and how their files are called. */
enum CifarKind {
    CIFAR10(
            "CIFAR-10",
            ClassNames.CIFAR10,
            10,
            new Binary(1, 0, "data_batch_\\d+\\.bin", "test_batch.bin", "cifar-10-batches-bin"),
            new Python("labels", "data_batch_\\d+", "test_batch", "cifar-10-batches-py")),
    CIFAR100(
            "CIFAR-100",
            ClassNames.CIFAR100,
            100,
            new Binary(2, 1, "train\\.bin", "test.bin", "cifar-100-binary"),
            new Python("fine_labels", "train", "test", "cifar-100-python")),
    CIFAR100_COARSE(
            "CIFAR-100",
            ClassNames.CIFAR100_COARSE,
            20,
            new Binary(2, 0, "train\\.bin", "test.bin", "cifar-100-binary"),
            new Python("coarse_labels", "train", "test", "cifar-100-python"));

    /** A version of the files: names of those to train with (an expression) and to test with. */
    sealed interface Version {
        String train();

        String test();

        /** The folder that the archive unpacks to. */
        String folder();

        default boolean has(String file, Split split) {
            return split != Split.TEST && file.matches(train())
                    || split != Split.TRAIN && file.equals(test());
        }
    }

    /**
     * Records of label bytes and pixels.
     *
     * @param labelBytes before the pixels of an image
     * @param label which of them counts
     */
    record Binary(int labelBytes, int label, String train, String test, String folder)
            implements Version {}

    /**
     * Pickles of a dict with the pixels as {@code data}.
     *
     * @param labels its key of the labels that count
     */
    record Python(String labels, String train, String test, String folder) implements Version {}

    private final String title;
    private final List<String> names;
    private final int classes;
    private final Binary binary;
    private final Python python;

    CifarKind(String title, List<String> names, int classes, Binary binary, Python python) {
        this.title = title;
        this.names = names;
        this.classes = classes;
        this.binary = binary;
        this.python = python;
    }

    /** As people call it. */
    String title() {
        return title;
    }

    /** Of the classes. */
    List<String> names() {
        return names;
    }

    int classes() {
        return classes;
    }

    Binary binary() {
        return binary;
    }

    Python python() {
        return python;
    }
}
