package dev.getj.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs that embed getj, and the command, started from the module path. */
class ModulePathTest {
    private static final String ONNX = "dev.getj.onnx.runtime";
    private static final String TORNADO = "dev.getj.kernels.tornado";
    private static final String CLI = "dev.getj.cli/dev.getj.cli.Main";

    @TempDir Path folder;

    @Test
    void anEmbeddingProgramNeedsTheseModulesAlone() {
        List<ModuleReference> required = BuiltModules.required(StrokesRun.MODULE);
        assertEquals(
                List.of(
                        "com.fasterxml.jackson.annotation",
                        "com.fasterxml.jackson.core",
                        "com.fasterxml.jackson.databind",
                        "dev.getj.examples",
                        "dev.getj.formats",
                        "dev.getj.kernels",
                        "dev.getj.model",
                        "dev.getj.solver",
                        "dev.getj.weights"),
                required.stream().map(BuiltModules::name).toList());
        // jlink takes no others
        assertTrue(required.stream().noneMatch(module -> module.descriptor().isAutomatic()));
    }

    @Test
    void itSamplesTheSameFromTheModulePathAsFromTheClassPath() throws Exception {
        assertEquals(
                StrokesRun.fromClassPath(folder),
                StrokesRun.fromModulePath(folder, BuiltModules.required(StrokesRun.MODULE)));
    }

    /** The module for GPUs is found by what it provides: no module requires it. */
    @Test
    void theBackendOfGpusIsBoundWhereItIs() throws Exception {
        String without = resolution(BuiltModules.required(StrokesRun.MODULE));
        List<ModuleReference> modules = BuiltModules.required(StrokesRun.MODULE, TORNADO);
        String bound = "dev.getj.kernels binds " + TORNADO;
        assertFalse(without.contains(TORNADO), without);
        String with = resolution(modules);
        assertTrue(with.contains(bound), with);
        assertEquals(StrokesRun.fromClassPath(folder), StrokesRun.fromModulePath(folder, modules));
    }

    private String resolution(List<ModuleReference> modules) throws Exception {
        return Program.java(
                        folder,
                        "--show-module-resolution",
                        "--dry-run",
                        "-p",
                        BuiltModules.path(modules),
                        "-m",
                        StrokesRun.MAIN)
                .output();
    }

    /** The command reads ONNX files if that module is there, and says so if it is not. */
    @Test
    void onnxFilesNeedTheirModuleAlone() throws Exception {
        Path file = Files.writeString(folder.resolve("teacher.onnx"), "no ONNX");
        Program without = teacher(file, BuiltModules.required("dev.getj.cli"));
        assertTrue(without.err().contains("nothing on the class path reads"), without.err());
        Program with = teacher(file, BuiltModules.required("dev.getj.cli", ONNX));
        assertTrue(with.err().startsWith("getj: "), with.err());
        assertFalse(with.err().contains("nothing on the class path reads"), with.err());
    }

    private Program teacher(Path file, List<ModuleReference> modules)
            throws IOException, InterruptedException {
        Program program =
                Program.java(
                        folder,
                        "-p",
                        BuiltModules.path(modules),
                        "-m",
                        CLI,
                        "pairs",
                        "generate",
                        "--teacher",
                        file.toString(),
                        "--out",
                        folder.resolve("pairs").toString());
        assertEquals(1, program.code(), program.toString());
        return program;
    }
}
