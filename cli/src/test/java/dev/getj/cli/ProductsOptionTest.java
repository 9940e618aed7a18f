package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.cli.ProductsOption.Choice;
import dev.getj.kernels.DeviceDescription;
import dev.getj.kernels.DeviceException;
import dev.getj.kernels.ProductLibrary;
import dev.getj.kernels.Products;
import dev.getj.model.Precision;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@code --products} chooses, with a library or without. */
class ProductsOptionTest {
    private static final ProductLibrary.Found FOUND =
            new ProductLibrary.Found("cuBLASLt", "13.1.0");
    private static final ProductLibrary.Missing MISSING =
            new ProductLibrary.Missing("cuBLASLt is not installed", "install it");

    private final List<String> notes = new ArrayList<>();

    private Products choose(Choice asked, Precision precision, ProductLibrary.State state) {
        return ProductsOption.choose(asked, precision, () -> state, notes::add).products();
    }

    @Test
    void whereThereIsALibrary() {
        assertEquals(Products.JAVA, choose(Choice.JAVA, Precision.FLOAT32, FOUND));
        assertEquals(List.of(), notes);
        assertEquals(Products.LIBRARY, choose(Choice.CUBLAS, Precision.FLOAT32, FOUND));
        assertEquals(Products.LIBRARY, choose(Choice.AUTO, Precision.MIXED, FOUND));
        assertEquals(Products.LIBRARY_TF32, choose(Choice.CUBLAS, Precision.TF32, FOUND));
        assertEquals(Products.LIBRARY_TF32, choose(Choice.AUTO, Precision.TF32, FOUND));
        assertEquals("products by cuBLASLt 13.1.0", notes.getFirst());
    }

    @Test
    void whereThereIsNone() {
        assertEquals(Products.JAVA, choose(Choice.AUTO, Precision.MIXED, MISSING));
        assertEquals(List.of("products by getj's kernels: cuBLASLt is not installed"), notes);
        assertEquals(
                "--products cublas: cuBLASLt is not installed: install it",
                refusal(Choice.CUBLAS, Precision.MIXED));
        assertEquals(
                "--precision tf32: cuBLASLt is not installed: install it",
                refusal(Choice.CUBLAS, Precision.TF32));
        assertEquals(
                "--precision tf32: cuBLASLt is not installed: install it",
                refusal(Choice.AUTO, Precision.TF32));
    }

    private String refusal(Choice asked, Precision precision) {
        return assertThrows(DeviceException.class, () -> choose(asked, precision, MISSING))
                .getMessage();
    }

    @Test
    void whatIsUsual() {
        assertEquals(Choice.JAVA, new ProductsOption().asked(Precision.FLOAT32));
        assertEquals(Choice.JAVA, new ProductsOption().asked(Precision.MIXED));
        assertEquals(Choice.CUBLAS, new ProductsOption().asked(Precision.TF32));
    }

    @Test
    void doctorSaysWhatIsThere() {
        assertEquals(Check.ok("cublas", "cuBLASLt 13.1.0"), Checks.library(FOUND));
        assertEquals(
                Check.optional("cublas", "cuBLASLt is not installed", "install it"),
                Checks.library(MISSING));
    }

    /** A device that has passed without the library has not passed with it. */
    @Test
    void aLibraryIsTestedBySelf(@TempDir Path folder) {
        DeviceDescription device =
                new DeviceDescription("cuda:0", "H200", "cuda", 1L << 30, true, "580");
        DeviceKeys keys = new DeviceKeys("1.0 abc");
        new TestedDevices(folder, keys).add(device);
        TestedDevices withLibrary = new TestedDevices(folder, keys.with(FOUND));
        assertEquals(false, withLibrary.contains(device));
        withLibrary.add(device);
        assertEquals(true, withLibrary.contains(device));
        ProductLibrary.Found newer = new ProductLibrary.Found("cuBLASLt", "13.2.0");
        assertEquals(false, new TestedDevices(folder, keys.with(newer)).contains(device));
    }
}
