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
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The launcher script where it is called from: locales, folders, variables, closed streams. With a
 * JDK and a Maven that print what they are started with.
 */
class LauncherSurroundingsTest {
    private static final List<String> PLACES =
            List.of("LC_ALL", "LC_CTYPE", "LANG", "LANGUAGE", "CDPATH", "JAVA_HOME", "HOME");

    @TempDir private Path folder;

    private Path project;

    private record Started(int code, List<String> words, String err) {
        String value(String name) {
            return words.stream()
                    .filter(word -> word.startsWith(name + "="))
                    .map(word -> word.substring(name.length() + 1))
                    .findFirst()
                    .orElse(null);
        }

        String after(String word) {
            return words.get(words.indexOf(word) + 1);
        }
    }

    @BeforeEach
    void prepare() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "a bash to run the launcher with");
        project = install("project");
        tool("jdk/bin/java", "printf '%s\\n' \"$@\" LC_ALL=$LC_ALL LANGUAGE=$LANGUAGE");
        tool("jdk/bin/javac", "");
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25.0.3\"\n");
    }

    /** A copy of the launcher in a folder of its own, with a build. */
    private Path install(String name) throws IOException {
        Path made = Files.createDirectories(folder.resolve(name));
        Files.copy(Path.of("../getj"), made.resolve("getj"));
        Files.createDirectories(made.resolve(".getj/app"));
        Files.createFile(made.resolve(".getj/app/stamp"));
        return made;
    }

    private void tool(String name, String body) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/bash\n" + body + "\n");
        assertTrue(file.toFile().setExecutable(true, false));
    }

    /** Runs a line of bash, in which {@code $G} is the launcher. */
    private Started bash(String line, String... environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("/bin/bash", "-c", line);
        Map<String, String> variables = builder.environment();
        variables.keySet().removeAll(PLACES);
        variables.keySet().removeAll(List.of("TORNADOVM_HOME", "GETJ_JAVA_OPTS"));
        variables.put("G", project.resolve("getj").toString());
        variables.put("GETJ_JAVA_HOME", folder.resolve("jdk").toString());
        for (int i = 0; i < environment.length; i += 2) {
            variables.put(environment[i], environment[i + 1]);
        }
        Path err = folder.resolve("err");
        Process process = builder.directory(folder.toFile()).redirectError(err.toFile()).start();
        process.getOutputStream().close();
        List<String> words = new ArrayList<>();
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            lines.lines().forEach(words::add);
        }
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "hangs");
        return new Started(process.exitValue(), words, Files.readString(err));
    }

    private static void refused(Started started, String message) {
        assertEquals(1, started.code(), started.toString());
        assertEquals(List.of(), started.words());
        assertEquals(1, started.err().lines().count(), started.err());
        assertTrue(started.err().startsWith("getj: " + message), started.err());
    }

    // ---- locale --------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "LANG,",
        "LANG, C",
        "LC_ALL, POSIX",
        "LC_ALL, fa_IR.UTF-8",
        "LANG, nowhere_XX.UTF-8",
        "LC_CTYPE, nowhere_XX"
    })
    void javaGetsALocaleThatHasEveryLetter(String variable, String locale) throws Exception {
        assumeTrue(bash("LC_ALL=C.UTF-8 locale charmap").words().equals(List.of("UTF-8")));
        String[] environment = {variable, locale == null ? "" : locale, "LANGUAGE", "de"};
        Started java = bash("$G convert modèle.pth", environment);
        assertEquals(0, java.code(), java.err());
        assertEquals("C.UTF-8", java.value("LC_ALL"));
        assertEquals("", java.value("LANGUAGE"), "the system's messages are read in English");
        assertTrue(java.words().contains("modèle.pth"), java.toString());
    }

    @Test
    void anotherEncodingOfEightBitsStays() throws Exception {
        tool("bin/locale", "echo ISO-8859-1");
        Started java = bash("PATH=" + folder + "/bin:$PATH $G --version", "LC_ALL", "C.ISO-8859-1");
        assertEquals("C.ISO-8859-1", java.value("LC_ALL"));
    }

    // ---- where it lies and is called from ------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cd project && ./getj",
                "cd project && CDPATH=.:/tmp ../project/getj",
                "CDPATH=.:/ project/getj",
                "cd / && \"$G\"",
                "ln -s project/getj there && mkdir bin && ln -s ../there bin/here && bin/here",
                "cd project && bash getj",
                "PATH=$PWD/project:$PATH && getj"
            })
    void itFindsItsFolder(String call) throws Exception {
        Started java = bash(call + " --version");
        assertEquals(0, java.code(), java.err());
        assertEquals(project + "/.getj/app/*", java.after("-cp"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"with a space", "it's [a] $HOME*", "-n", "été"})
    void foldersOfAnyNameWork(String name) throws Exception {
        Path odd = install(name);
        Started java = bash("\"$HERE/getj\" --version", "HERE", odd.toString());
        assertEquals(0, java.code(), java.err());
        assertEquals(odd + "/.getj/app/*", java.after("-cp"));
        java = bash("cd -- \"$HERE\" && ../\"$(basename -- \"$HERE\")\"/getj", "HERE", odd + "");
        assertEquals(0, java.code(), java.err());
    }

    @Test
    void aColonInThePathIsRefused() throws Exception {
        Path odd = install("a:b");
        refused(bash("a:b/getj --version"), "the folder " + odd + " has a colon in its name");
        Path sdk = Files.createDirectories(folder.resolve("sdk:5/share/java/tornado"));
        refused(
                bash("$G sample --device opencl", "TORNADOVM_HOME", folder.resolve("sdk:5") + ""),
                "--device opencl: the path of the TornadoVM SDK, "
                        + folder
                        + "/sdk:5, has a colon");
        assertTrue(Files.exists(sdk));
    }

    @Test
    void homeIsWhatTheVariableSays() throws Exception {
        Started java = bash("$G --version", "HOME", "/some where");
        assertEquals("/some where", java.value("-Duser.home"));
        for (String line : List.of("unset HOME; $G --version", "HOME= $G --version")) {
            java = bash(line);
            assertEquals(0, java.code(), java.err());
            assertTrue(java.value("-Duser.home").startsWith("/"), java.toString());
        }
    }

    // ---- building ------------------------------------------------------------------------------

    /** A Maven that makes the jars the launcher copies, and counts its starts. */
    private String maven() throws IOException {
        Files.createDirectories(project.resolve("cli/src/main"));
        tool(
                "bin/mvn",
                "pwd >>"
                        + folder
                        + "/builds; sleep 0.3; mkdir -p cli/target/lib; touch"
                        + " cli/target/getj-cli-1.jar cli/target/lib/a.jar");
        Files.deleteIfExists(project.resolve(".getj/app/stamp"));
        return "PATH=" + folder + "/bin:$PATH ";
    }

    private List<String> builds() throws IOException {
        Path builds = folder.resolve("builds");
        return Files.exists(builds) ? Files.readAllLines(builds) : List.of();
    }

    @Test
    void twoStartsBuildOnce() throws Exception {
        String path = maven();
        Started both = bash(path + "CDPATH=/ $G --version & " + path + "$G --version; wait");
        assertEquals(0, both.code(), both.err());
        assertEquals(List.of(project.toString()), builds());
        assertEquals(2, both.words().stream().filter("--version"::equals).count());
        assertFalse(Files.exists(project.resolve(".getj/build.lock"), LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void aLockOfAProcessThatIsGoneIsTakenOver() throws Exception {
        String path = maven();
        Path lock = project.resolve(".getj/build.lock");
        Files.createSymbolicLink(lock, Path.of("4194305")); // above the largest number there is
        assertEquals(0, bash(path + "$G --version").code());
        Files.delete(project.resolve(".getj/app/stamp"));
        Files.createDirectories(lock); // as earlier versions had it
        assertEquals(0, bash(path + "$G --version").code());
        assertEquals(2, builds().size());
    }

    @Test
    void whereNothingCanBeWrittenItSaysSo() throws Exception {
        // root may write anywhere, so .getj is a file here
        String path = maven();
        Files.delete(project.resolve(".getj/app"));
        Files.delete(project.resolve(".getj"));
        Files.createFile(project.resolve(".getj"));
        refused(
                bash(path + "$G --version"),
                "the first start builds getj, and "
                        + project
                        + " cannot be written to: run it once");
        assertEquals(List.of(), builds());
    }

    @Test
    void aBuildThatCannotBeRenewedIsUsedAndTheUserTold() throws Exception {
        String path = maven();
        Files.createFile(project.resolve(".getj/app/stamp"));
        tool("bin/find", "echo newer");
        String user = "";
        if (System.getProperty("user.name").equals("root")) { // who may write anywhere
            assumeTrue(bash("setpriv --reuid=65534 true").code() == 0, "another user to be");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            user = "setpriv --reuid=65534 --clear-groups ";
        }
        assertTrue(project.resolve(".getj").toFile().setWritable(false));
        Started java = bash(path + user + "$G --version");
        assertEquals(0, java.code(), java.err());
        assertTrue(java.err().contains("is older than its sources"), java.err());
        assertEquals(1, java.err().lines().count());
        assertEquals(List.of(), builds());
        refused(
                bash(path + user + "$G pairs generate --teacher A.ONNX"),
                "the first start builds getj, and " + project + " cannot be written to");
    }

    // ---- standard streams ----------------------------------------------------------------------

    @Test
    void closedStreamsAreNotReused() throws Exception {
        tool(
                "jdk/bin/java",
                "ls -l /proc/$$/fd/ | sed 's/.* \\([0-9] ->\\)/\\1/' >" + folder + "/fds");
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "descriptors that can be listed");
        assertEquals(0, bash("$G --version <&- >&- 2>&-").code());
        List<String> descriptors = Files.readAllLines(folder.resolve("fds"));
        for (String standard : List.of("0 -> /dev/null", "1 -> /dev/null")) {
            assertTrue(descriptors.contains(standard), descriptors.toString());
        }
    }
}
