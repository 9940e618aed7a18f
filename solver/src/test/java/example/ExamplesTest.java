package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.reference.DoubleBuffer;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.solver.Anderson;
import dev.getj.solver.Equilibrium;
import dev.getj.solver.FixedPointIteration;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The examples of docs/solver.md are these files, and print what it says. */
class ExamplesTest {
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE]-?\\d+)?");

    private static String document() throws IOException {
        return Files.readString(Path.of("..", "docs", "solver.md"));
    }

    private static void shown(String name, Runnable main) throws IOException {
        String source = Files.readString(Path.of("src", "test", "java", "example", name + ".java"));
        String code = source.substring(source.indexOf("import "));
        String document = document();
        int at = document.indexOf("```java\n" + code + "```\n");
        assertTrue(at >= 0, "docs/solver.md shows another " + name);

        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            main.run();
        } finally {
            System.setOut(out);
        }
        int from = document.indexOf("```\n", at + 8) + 4;
        from = document.indexOf("```\n", from) + 4;
        String expected = document.substring(from, document.indexOf("```", from));
        assertSame(expected, printed.toString(StandardCharsets.UTF_8));
    }

    // the same text, with numbers up to rounding
    private static void assertSame(String expected, String actual) {
        assertEquals(
                NUMBER.matcher(expected).replaceAll("#"), NUMBER.matcher(actual).replaceAll("#"));
        Matcher wanted = NUMBER.matcher(expected);
        Matcher got = NUMBER.matcher(actual);
        while (wanted.find() && got.find()) {
            assertEquals(Double.parseDouble(wanted.group()), Double.parseDouble(got.group()), 2e-5);
        }
    }

    @Test
    void tanhEquilibrium() throws IOException {
        shown("TanhEquilibrium", () -> TanhEquilibrium.main(new String[0]));
    }

    /** Recorded gradients against central differences, in double. */
    @Test
    void mlpEquilibrium() {
        ReferenceBackend backend = new ReferenceBackend();
        MlpEquilibrium map = new MlpEquilibrium(backend, 2, 3, 5);
        Random random = new Random(1);
        for (Tensor tensor : List.of(map.w1, map.w2, map.x)) {
            for (int i = 0; i < tensor.size(); i++) {
                DoubleBuffer.set(tensor, i, 0.3 * random.nextGaussian());
            }
        }
        Equilibrium layer =
                Equilibrium.implicit(map, FixedPointIteration.of(80), Anderson.fast(80, 1e-12));
        loss(layer);
        layer.backward();
        check(layer, map.w1, map.dW1);
        check(layer, map.w2, map.dW2);
        check(layer, map.x, map.dX);
    }

    // half the squared norm
    private static double loss(Equilibrium layer) {
        layer.forward();
        Tensor z = layer.states().getLast();
        double loss = 0;
        for (int i = 0; i < z.size(); i++) {
            double value = DoubleBuffer.get(z, i);
            loss += value * value / 2;
            DoubleBuffer.set(layer.cotangents().getLast(), i, value);
        }
        return loss;
    }

    private static void check(Equilibrium layer, Tensor parameter, Tensor gradient) {
        double step = 1e-5;
        for (int i = 0; i < parameter.size(); i++) {
            double value = DoubleBuffer.get(parameter, i);
            DoubleBuffer.set(parameter, i, value + step);
            double above = loss(layer);
            DoubleBuffer.set(parameter, i, value - step);
            double below = loss(layer);
            DoubleBuffer.set(parameter, i, value);
            assertEquals((above - below) / (2 * step), DoubleBuffer.get(gradient, i), 1e-8);
        }
    }
}
