package dev.getj.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A Java of its own for a program that samples, made by jlink. */
class RuntimeImageTest {
    private static final Path JLINK = Path.of(Program.JAVA_HOME, "bin", "jlink");

    @TempDir Path folder;

    @Test
    void anImageWithTheSamplerAndItsWeightsSamples() throws Exception {
        assumeTrue(canLink(), "this JDK has neither jmods nor the means to link without them");
        Path image = folder.resolve("image");
        Program.run(
                        folder,
                        List.of(
                                JLINK.toString(),
                                "--module-path",
                                BuiltModules.path(BuiltModules.required(StrokesRun.MODULE)),
                                "--add-modules",
                                StrokesRun.MODULE + ",jdk.incubator.vector",
                                "--add-options=--add-modules=jdk.incubator.vector",
                                "--launcher",
                                "strokes=" + StrokesRun.MAIN,
                                "--strip-debug",
                                "--no-header-files",
                                "--no-man-pages",
                                "--compress",
                                "zip-6",
                                "--output",
                                image.toString()))
                .output();
        Path images = Files.createDirectory(folder.resolve("images"));
        Program strokes =
                Program.run(
                        folder,
                        List.of(image.resolve("bin/strokes").toString(), images.toString()));
        assertEquals(StrokesRun.fromClassPath(folder), StrokesRun.of(images, strokes));

        String modules =
                Program.run(folder, List.of(image.resolve("bin/java").toString(), "--list-modules"))
                        .output();
        assertTrue(modules.contains("dev.getj.weights"), modules);
        assertFalse(modules.contains("java.desktop"), modules);
    }

    private boolean canLink() throws IOException, InterruptedException {
        if (!Files.isExecutable(JLINK)) {
            return false;
        }
        return Files.isDirectory(Path.of(Program.JAVA_HOME, "jmods"))
                || Program.run(folder, List.of(JLINK.toString(), "--help"))
                        .out()
                        .contains("Linking from run-time image enabled");
    }
}
