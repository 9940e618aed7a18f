package dev.getj.kernels.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.jvm.JvmBackend;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

class BackendsTest {
    /** Run without the Vector API module. */
    public static final class Plain {
        private Plain() {}

        public static void main(String[] arguments) {
            try (Backend backend = Backends.jvm(2)) {
                Tensor y = backend.allocate(2);
                backend.record("fill", kernels -> kernels.fill(3, y)).run();
                System.out.println(backend.id() + " " + y.get()[1]);
            }
        }
    }

    @Test
    void vectorApiWhereItIs() {
        try (Backend backend = Backends.jvm(2)) {
            assertInstanceOf(JvmBackend.class, backend);
        }
    }

    @Test
    void scalarKernelsWhereItIsNot() throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process =
                new ProcessBuilder(
                                java,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Plain.class.getName())
                        .start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), err);
        assertEquals("reference 3.0", out.strip());
        assertTrue(
                err.contains(
                        "Java runs without its Vector API, so the scalar reference kernels are"
                                + " used, which are much slower; start it with --add-modules"
                                + " jdk.incubator.vector"),
                err);
    }

    @Test
    void noThreads() {
        assertEquals(
                "at least one thread is needed, not 0",
                assertThrows(IllegalArgumentException.class, () -> Backends.jvm(0)).getMessage());
    }
}
