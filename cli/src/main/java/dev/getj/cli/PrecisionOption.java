package dev.getj.cli;

import dev.getj.model.Precision;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import java.util.Arrays;
import java.util.stream.Collectors;

/** {@code --precision}. */
final class PrecisionOption {
    static final String NAME = "--precision";

    @Option(
            names = NAME,
            paramLabel = "float32|tf32|mixed",
            defaultValue = "float32",
            converter = Converter.class,
            description =
                    "mixed: products and attention take factors of 16 bits, on tensor cores; tf32:"
                            + " floats, of which cuBLASLt takes 11 significant bits; CUDA only"
                            + " (default: ${DEFAULT-VALUE}).")
    private Precision precision;

    Precision precision() {
        return precision;
    }

    /**
     * Refuses another precision than float32.
     *
     * @param why what computes in float32, and for what reason
     */
    void requireFloats(CommonOptions common, String why) {
        if (precision != Precision.FLOAT32) {
            throw common.wrongUsage("--precision %s: %s".formatted(precision, why));
        }
    }

    /** Reads the option's value. */
    static final class Converter implements ITypeConverter<Precision> {
        @Override
        public Precision convert(String value) {
            for (Precision precision : Precision.values()) {
                if (precision.toString().equalsIgnoreCase(value)) {
                    return precision;
                }
            }
            throw new TypeConversionException(
                    "'%s' is none of %s"
                            .formatted(
                                    value,
                                    Arrays.stream(Precision.values())
                                            .map(Precision::toString)
                                            .collect(Collectors.joining(", "))));
        }
    }
}
