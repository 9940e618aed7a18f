package dev.getj.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

class ClaimTest {
    @TempDir Path folder;

    /** Another process: says that it has the folder, and keeps it until it is told to end. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws IOException {
            try (Claim _ = Claim.take(Path.of(args[0]))) {
                System.out.println("claimed");
                System.in.read();
            } catch (GetjException refused) {
                System.out.println(refused.getMessage());
            }
        }
    }

    private static Process start(Path folder) throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void oneProcessHasAFolderAndItsDeathEndsThat() throws Exception {
        Process other = start(folder);
        try {
            assertEquals("claimed", other.inputReader().readLine());
            GetjException refused = assertThrows(GetjException.class, () -> Claim.take(folder));
            String message = refused.getMessage();
            assertTrue(
                    message.startsWith(
                            folder + " is in use by another getj, process " + other.pid() + " on "),
                    message);
            assertTrue(message.endsWith("; wait for it to end or choose another folder"), message);
            assertTrue(Claim.tryTake(folder).isEmpty());
        } finally {
            other.destroyForcibly().waitFor();
        }
        assertEquals(List.of(".claim", ".claim.lock"), names(), "a killed process leaves them");
        Claim.take(folder).close();
        assertEquals(List.of(), names());
    }

    /** On some systems a second attempt would end the lock that the first one has. */
    @Test
    void aSecondClaimInThisProcessIsRefusedAndTheFirstOneHolds() throws Exception {
        try (Claim first = Claim.take(folder)) {
            assertEquals(folder, first.folder());
            assertThrows(GetjException.class, () -> Claim.take(folder));
            assertThrows(GetjException.class, () -> Claim.take(folder.resolve(".")));
            Process other = start(folder);
            String line = other.inputReader().readLine();
            other.destroyForcibly().waitFor();
            assertTrue(line.contains("process " + ProcessHandle.current().pid() + " on "), line);
        }
        Claim.take(folder).close();
    }

    @Test
    void aFolderThatWasMadeForAClaimGoesWithIt() throws IOException {
        Path made = folder.resolve("a/b");
        Claim.take(made).close();
        assertFalse(Files.exists(made));
        try (Claim _ = Claim.take(made)) {
            Files.createFile(made.resolve("file"));
        }
        assertTrue(Files.exists(made.resolve("file")));
    }

    @Test
    void aCopyOfAClaimedFolderIsFree() throws IOException {
        Path copy = Files.createDirectory(folder.resolve("copy"));
        try (Claim _ = Claim.take(folder)) {
            for (String name : List.of(".claim", ".claim.lock")) {
                Files.copy(folder.resolve(name), copy.resolve(name));
            }
            Claim.take(copy).close();
        }
    }

    @Test
    void whatStandsInTheWayIsNamed() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertEquals(
                "cannot write " + file + ": " + file + " is a file, not a folder",
                assertThrows(GetjException.class, () -> Claim.take(file)).getMessage());
        Files.createSymbolicLink(folder.resolve(".claim.lock"), file);
        assertEquals(
                "cannot write " + folder.resolve(".claim.lock") + ": it is not a regular file",
                assertThrows(GetjException.class, () -> Claim.take(folder)).getMessage());
    }
}
