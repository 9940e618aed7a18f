package dev.getj.cli;

import dev.getj.model.Precision;

import picocli.CommandLine.Option;

/** {@code --precision}. */
final class PrecisionOption {
    static final String NAME = "--precision";

    @Option(
            names = NAME,
            paramLabel = "float32|tf32|mixed",
            defaultValue = "float32",
            description =
                    "mixed: products take factors of 16 bits, on tensor cores; tf32: floats, of"
                            + " which cuBLASLt takes 11 significant bits; CUDA only (default:"
                            + " ${DEFAULT-VALUE}).")
    private Precision precision;

    Precision precision() {
        return precision;
    }

    /** Refuses mixed precision for training. */
    void requireFloats(CommonOptions common, boolean training) {
        if (training && precision == Precision.MIXED) {
            throw common.wrongUsage("--precision mixed is for sampling: training is in float32");
        }
    }
}
