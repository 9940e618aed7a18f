package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The launcher script, with a JDK that prints what it is started with and an SDK of empty jars. */
class LauncherTest {
    private static final List<String> JARS =
            List.of(
                    "asm-9.9",
                    "ejml-core-0.38",
                    "tornado-annotation-5.2.0-jdk25",
                    "tornado-api-5.2.0-jdk25",
                    "tornado-cublas-5.2.0-jdk25",
                    "tornado-drivers-common-5.2.0-jdk25",
                    "tornado-drivers-opencl-5.2.0-jdk25",
                    "tornado-drivers-opencl-jni-5.2.0-jdk25-libs",
                    "tornado-drivers-ptx-5.2.0-jdk25",
                    "tornado-runtime-5.2.0-jdk25",
                    "tornado-unittests-5.2.0-jdk25");

    private static final String FLAGS =
            """
            # === JVM mode ===
            -XX:+EnableJVMCI
            -XX:+UseParallelGC
            -Djava.library.path=${TORNADOVM_HOME}/lib
            -Dstdout.encoding=UTF-8
            --module-path .:${TORNADOVM_HOME}/share/java/tornado
            --upgrade-module-path ${TORNADOVM_HOME}/share/java/graalJars
            --add-modules ALL-SYSTEM,tornado.runtime,tornado.drivers.opencl,tornado.drivers.ptx
            --enable-native-access=tornado.drivers.opencl,tornado.drivers.ptx

            --add-exports=java.base/a=tornado.runtime,tornado.drivers.common
            --add-exports=java.base/b=tornado.drivers.opencl
            --add-reads=tornado.drivers.ptx=java.base
            """;

    @TempDir private Path folder;

    private record Started(int code, List<String> words, String err) {
        boolean has(String word) {
            return words.contains(word);
        }

        String after(String word) {
            return words.get(words.indexOf(word) + 1);
        }

        boolean mentions(String part) {
            return words.stream().anyMatch(word -> word.contains(part));
        }
    }

    @BeforeEach
    void prepare() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "a bash to run the launcher with");
        Files.createDirectories(folder.resolve("project/.getj/app"));
        Files.copy(Path.of("../getj"), folder.resolve("project/getj"));
        Files.createFile(folder.resolve("project/.getj/app/stamp"));
        jdk("25.0.3");
    }

    private void jdk(String version) throws IOException {
        Path bin = folder.resolve("jdk/bin");
        Files.createDirectories(bin);
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"" + version + "\"\n");
        for (String tool : List.of("java", "javac")) {
            Files.writeString(
                    bin.resolve(tool), "#!/bin/bash\nprintf '%s\\n' \"$@\" >&${GETJ_STDOUT:-1}\n");
            assertTrue(bin.resolve(tool).toFile().setExecutable(true));
        }
    }

    private Path sdk(List<String> jars) throws IOException {
        Path sdk = folder.resolve("home/.sdkman/candidates/tornadovm/current");
        Files.createDirectories(sdk.resolve("share/java/tornado"));
        for (String jar : jars) {
            Files.createFile(sdk.resolve("share/java/tornado").resolve(jar + ".jar"));
        }
        Files.writeString(sdk.resolve("tornado-argfile.template"), FLAGS);
        return sdk;
    }

    private Started start(String line, String... environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder();
        builder.command().add("/bin/bash");
        builder.command().add(folder.resolve("project/getj").toString());
        builder.command().addAll(List.of(line.split(" ")));
        Map<String, String> variables = builder.environment();
        variables.keySet().removeAll(List.of("TORNADOVM_HOME", "GETJ_JAVA_OPTS"));
        variables.put("HOME", folder.resolve("home").toString());
        variables.put("GETJ_JAVA_HOME", folder.resolve("jdk").toString());
        for (int i = 0; i < environment.length; i += 2) {
            variables.put(environment[i], environment[i + 1]);
        }
        Path err = folder.resolve("err");
        Process process = builder.redirectError(err.toFile()).start();
        List<String> words =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
        return new Started(process.waitFor(), words, Files.readString(err));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sample --run r",
                "train --device jvm",
                "bench sample --device opencl --help",
                "devices --version",
                "train --device tpu"
            })
    void whatNeedsNoDeviceIsStartedAsIfThereWereNoSdk(String line) throws Exception {
        Started before = start(line);
        sdk(JARS);
        assertEquals(before, start(line));
        assertEquals(0, before.code());
        assertFalse(before.mentions("ornado"), before.toString());
        assertTrue(before.has("-XX:ObjectAlignmentInBytes=64"), before.toString());
        List<String> given = List.of(line.split(" "));
        int words = before.words().size();
        assertEquals(given, before.words().subList(words - given.size(), words));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sample --device opencl",
                "sample --device=OpenCL:1",
                "bench train --device cuda --device opencl:0"
            })
    void aDeviceBringsTornadoVmWithItsDriverAlone(String line) throws Exception {
        Path sdk = sdk(JARS);
        Started java = start(line);
        assertEquals(0, java.code(), java.err());
        assertTrue(java.has("-XX:+EnableJVMCI"), java.toString());
        assertTrue(java.has("-Djava.library.path=" + sdk + "/lib"), java.toString());
        assertEquals(sdk + "/share/java/graalJars", java.after("--upgrade-module-path"));
        assertTrue(java.has("-Dtornado.recover.bailout=False"), java.toString());
        assertTrue(java.has("-Dtornado.opencl.priority=100"), java.toString());
        assertEquals(
                "tornado.runtime,tornado.annotation,tornado.drivers.common,tornado.drivers.opencl",
                java.after("--add-modules"));
        assertTrue(
                java.has("--add-exports=java.base/a=tornado.runtime,tornado.drivers.common"),
                java.toString());
        assertTrue(java.has("--add-exports=java.base/b=tornado.drivers.opencl"), java.toString());
        assertTrue(java.has("--enable-native-access=tornado.drivers.opencl"), java.toString());
        assertFalse(java.mentions("ptx"), "Java warns about modules that are not there");
        assertFalse(java.mentions("TORNADOVM_HOME"), java.toString());
        assertFalse(java.has("-Dstdout.encoding=UTF-8"), java.toString());
        assertFalse(java.mentions("ObjectAlignmentInBytes"), java.toString());
        assertEquals(1, java.words().stream().filter(word -> word.endsWith("GC")).count());
        List<String> modules =
                List.of(
                        "asm-9.9",
                        "tornado-annotation-5.2.0-jdk25",
                        "tornado-api-5.2.0-jdk25",
                        "tornado-drivers-common-5.2.0-jdk25",
                        "tornado-drivers-opencl-5.2.0-jdk25",
                        "tornado-runtime-5.2.0-jdk25");
        assertEquals(
                modules.stream().map(jar -> sdk + "/share/java/tornado/" + jar + ".jar").toList(),
                List.of(java.after("--module-path").split(":")));
    }

    @Test
    void anSdkIsLookedForWhereTheVariableSaysFirst() throws Exception {
        Path moved = folder.resolve("moved here");
        Files.move(sdk(JARS), moved);
        Started java = start("sample --device ptx", "TORNADOVM_HOME", moved.toString());
        assertEquals(0, java.code(), java.err());
        assertEquals(moved + "/share/java/graalJars", java.after("--upgrade-module-path"));
        assertTrue(java.has("-Dtornado.ptx.priority=100"), java.toString());
    }

    @Test
    void testsAreToldTheFlagsOfADevice() throws Exception {
        assertEquals(1, start("--tornado-java-flags opencl").code(), "without an SDK");
        Path sdk = sdk(JARS);
        Path vendors = Files.createDirectory(folder.resolve("vendors"));
        String[] environment = {"OCL_ICD_VENDORS", vendors.toString()};
        assertTrue(
                start("--tornado-java-flags opencl", environment)
                        .err()
                        .startsWith("getj: nothing here that the drivers of " + sdk));
        Files.createFile(vendors.resolve("pocl.icd"));
        Started flags = start("--tornado-java-flags opencl", environment);
        assertEquals(0, flags.code(), flags.err());
        assertTrue(flags.has("\"-Dtornado.opencl.priority=100\""), flags.toString());
        assertEquals(
                "\"" + sdk + "/share/java/graalJars\"", flags.after("\"--upgrade-module-path\""));
        assertFalse(flags.mentions("dev.getj"), "nothing is started");
    }

    @ParameterizedTest
    @ValueSource(strings = {"devices", "doctor", "train --device auto"})
    void whatLooksAroundLoadsTheDriversThatHaveSomethingToDrive(String line) throws Exception {
        sdk(JARS);
        String nowhere = folder.resolve("nowhere").toString();
        assertFalse(start(line, "OCL_ICD_VENDORS", nowhere).mentions("drivers.opencl"));
        Path vendors = Files.createDirectory(folder.resolve("vendors"));
        Files.createFile(vendors.resolve("pocl.icd"));
        Started java = start(line, "OCL_ICD_VENDORS", vendors.toString());
        assertTrue(java.mentions("drivers.opencl"), java.toString());
        assertEquals(Files.exists(Path.of("/dev/nvidiactl")), java.mentions("drivers.ptx"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"devices", "doctor", "train --device auto"})
    void whatLooksAroundGoesOnWithoutAnSdk(String line) throws Exception {
        Started java = start(line);
        assertEquals(0, java.code(), java.err());
        assertFalse(java.mentions("ornado"), java.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    opencl | no TornadoVM SDK found; run 'sdk install tornadovm 5.2.0-jdk25-full', or
                    cuda:1 | no TornadoVM SDK found; run 'sdk install tornadovm 5.2.0-jdk25-full', or
                    """)
    void withoutAnSdkItSaysWhatToInstall(String device, String message) throws Exception {
        expectFailure(device, start("sample --device " + device), message);
        expectFailure(
                device,
                start("sample --device " + device, "TORNADOVM_HOME", folder.toString()),
                "TORNADOVM_HOME=" + folder + " is not a TornadoVM SDK");
    }

    @Test
    void aDriverThatTheSdkHasNotIsNamed() throws Exception {
        Path sdk = sdk(JARS);
        expectFailure(
                "cuda",
                start("sample --device cuda"),
                "the TornadoVM SDK in " + sdk + " has no such driver, only ptx opencl; run 'sdk");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pairs generate --teacher m.onnx",
                "pairs generate --teacher=m.onnx",
                "eval --features m.onnx",
                "eval --features=m.onnx"
            })
    void anOnnxFileBringsItsModule(String line) throws Exception {
        Path app = folder.resolve("project/.getj/app");
        Files.createDirectories(app.resolve("onnx"));
        Started java = start(line);
        assertEquals(0, java.code(), java.err());
        assertEquals(app + "/*:" + app + "/onnx/*", java.after("-cp"));
        assertEquals(app + "/*", start("pairs generate --out p").after("-cp"));
        assertEquals(app + "/*", start("pairs generate --teacher runs/t").after("-cp"));
        assertEquals(app + "/*", start("eval --features map").after("-cp"));
    }

    @Test
    void anArchiveOfClassesIsUsedWhereItCanBe() throws Exception {
        Path sdk = sdk(JARS);
        Path archive = folder.resolve("project/.getj/app/classes.jsa");
        assertFalse(start("sample --run r").mentions("SharedArchiveFile"), "there is none");
        Files.createFile(archive);
        for (String line : List.of("sample --run r", "--help", "pairs generate --out p")) {
            Started java = start(line);
            assertTrue(java.has("-XX:SharedArchiveFile=" + archive), java.toString());
            assertTrue(java.has("-Xlog:cds*=off,aot*=off"), "standard output is for results");
        }
        Started device = start("sample --device opencl", "TORNADOVM_HOME", sdk.toString());
        assertFalse(device.mentions("SharedArchiveFile"), device.toString());
    }

    private static void expectFailure(String device, Started java, String message) {
        assertEquals(1, java.code());
        assertEquals(List.of(), java.words());
        assertEquals(1, java.err().lines().count(), java.err());
        String wanted = "getj: --device " + device + ": " + message;
        assertTrue(java.err().startsWith(wanted), java.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"25", "25.0.1"})
    void anOlderJdkIsRefusedForDevicesAlone(String version) throws Exception {
        sdk(JARS);
        jdk(version);
        assertEquals(0, start("sample --run r").code());
        Path jdk = folder.resolve("jdk");
        expectFailure(
                "opencl",
                start("sample --device opencl"),
                "TornadoVM needs JDK 25.0.2 or newer, and " + jdk + " is " + version);
        assertFalse(start("doctor").mentions("ornado"));
    }

    @Test
    void anSdkOfAnotherVersionIsRefused() throws Exception {
        Path sdk = sdk(JARS);
        Files.delete(sdk.resolve("tornado-argfile.template"));
        expectFailure(
                "opencl",
                start("sample --device opencl"),
                sdk + " has no tornado-argfile: getj needs TornadoVM 5.2.0 for JDK 25");
    }
}
