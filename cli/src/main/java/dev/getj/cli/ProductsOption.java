package dev.getj.cli;

import dev.getj.kernels.DeviceException;
import dev.getj.kernels.ProductLibrary;
import dev.getj.kernels.Products;
import dev.getj.model.Precision;

import picocli.CommandLine.Option;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** {@code --products}. */
final class ProductsOption {
    static final String NAME = "--products";

    /** What the option takes. */
    enum Choice {
        /** Our own kernels. */
        JAVA,
        /** cuBLASLt. */
        CUBLAS,
        /** cuBLASLt where it is installed. */
        AUTO
    }

    /**
     * What was chosen.
     *
     * @param library that multiplies, if one does
     */
    record Chosen(Products products, Optional<ProductLibrary.Found> library) {
        private static final Chosen JAVA = new Chosen(Products.JAVA, Optional.empty());
    }

    @Option(
            names = NAME,
            paramLabel = "java|cublas|auto",
            description =
                    "What multiplies matrices with --device cuda: getj's kernels; cuBLASLt; or"
                            + " cuBLASLt where it is installed (default: java, or cublas with"
                            + " --precision tf32).")
    private Choice products;

    /** Refuses a library where there is no device. */
    void requireNoLibrary(CommonOptions common) {
        if (products == Choice.CUBLAS) {
            throw common.wrongUsage("--products cublas is for --device cuda");
        }
    }

    /** Refuses our own kernels for a precision that is the library's. */
    void requireLibraryFor(Precision precision, CommonOptions common) {
        if (precision == Precision.TF32 && products == Choice.JAVA) {
            throw common.wrongUsage("--precision tf32 needs --products cublas");
        }
    }

    /** What is asked for: a library for {@code tf32}, unless one says something else. */
    Choice asked(Precision precision) {
        Choice usual = precision == Precision.TF32 ? Choice.CUBLAS : Choice.JAVA;
        return Optional.ofNullable(products).orElse(usual);
    }

    /**
     * What is used.
     *
     * @param library looks for the device's library
     * @param note told what was found
     * @throws DeviceException if a library is needed and not there
     */
    static Chosen choose(
            Choice asked,
            Precision precision,
            Supplier<ProductLibrary.State> library,
            Consumer<String> note) {
        if (asked == Choice.JAVA) {
            return Chosen.JAVA;
        }
        boolean tf32 = precision == Precision.TF32;
        return switch (library.get()) {
            case ProductLibrary.Found found -> {
                note.accept("products by %s %s".formatted(found.name(), found.version()));
                yield new Chosen(
                        tf32 ? Products.LIBRARY_TF32 : Products.LIBRARY, Optional.of(found));
            }
            case ProductLibrary.Missing missing -> {
                if (tf32) {
                    throw new DeviceException("--precision tf32: " + missing.message());
                }
                if (asked == Choice.CUBLAS) {
                    throw new DeviceException("--products cublas: " + missing.message());
                }
                note.accept("products by getj's kernels: " + missing.reason());
                yield Chosen.JAVA;
            }
        };
    }
}
