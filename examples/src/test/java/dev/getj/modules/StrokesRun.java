package dev.getj.modules;

import java.io.IOException;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;

/**
 * What the example {@code SampleStrokes} leaves.
 *
 * @param output its words
 * @param images the bytes of its files, by name
 */
record StrokesRun(String output, TreeMap<String, String> images) {
    static final String MODULE = "dev.getj.examples";
    static final String MAIN_CLASS = "dev.getj.examples.SampleStrokes";
    static final String MAIN = MODULE + "/" + MAIN_CLASS;

    static StrokesRun fromClassPath(Path folder) throws IOException, InterruptedException {
        Path images = Files.createTempDirectory(folder, "images");
        String path = BuiltModules.path(BuiltModules.required(MODULE));
        return of(images, Program.java(folder, "-cp", path, MAIN_CLASS, images.toString()));
    }

    static StrokesRun fromModulePath(Path folder, List<ModuleReference> modules)
            throws IOException, InterruptedException {
        Path images = Files.createTempDirectory(folder, "images");
        String path = BuiltModules.path(modules);
        return of(images, Program.java(folder, "-p", path, "-m", MAIN, images.toString()));
    }

    /** Of a program that was given {@code images} as its folder. */
    static StrokesRun of(Path images, Program program) throws IOException {
        TreeMap<String, String> files = new TreeMap<>();
        String output = program.output();
        try (var listed = Files.list(images)) {
            for (Path file : listed.toList()) {
                byte[] bytes = Files.readAllBytes(file);
                files.put(file.getFileName().toString(), HexFormat.of().formatHex(bytes));
            }
        }
        return new StrokesRun(output, files);
    }
}
