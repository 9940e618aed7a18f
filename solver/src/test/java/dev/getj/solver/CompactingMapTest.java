package dev.getj.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class CompactingMapTest {
    private static final int SAMPLES = 7;
    private static final int TOKENS = 3;
    private static final int WIDTH = 6;

    private Backend backend;
    private Tensor weight;
    private int evaluated;

    /** {@code f(z) = z Wᵀ + x}, recorded for one batch size. */
    private final class Affine implements FixedPointMap {
        private final Tensor state;
        private final Tensor next;
        private final Tensor x;
        private final Program pass;

        Affine(int samples) {
            state = backend.allocate(samples, TOKENS, WIDTH);
            next = backend.allocate(samples, TOKENS, WIDTH);
            x = backend.allocate(samples, TOKENS, WIDTH);
            pass = backend.record("affine", k -> k.linearResidual(state, weight, null, x, next));
        }

        CompactingMap.Sized sized() {
            return new CompactingMap.Sized(this, List.of(x));
        }

        @Override
        public Backend backend() {
            return backend;
        }

        @Override
        public Tensor state() {
            return state;
        }

        @Override
        public Tensor next() {
            return next;
        }

        @Override
        public void apply() {
            evaluated += state.dim(0);
            pass.run();
        }
    }

    @BeforeEach
    void open() {
        backend = Backends.jvm(2);
        weight = backend.allocate(WIDTH, WIDTH);
        float[] w = new float[WIDTH * WIDTH];
        Random random = new Random(1);
        for (int i = 0; i < w.length; i++) {
            w[i] = (float) (0.25 * random.nextGaussian());
        }
        weight.set(w);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    // samples of very different sizes: the small ones are done sooner
    private static float[] inputs() {
        Random random = new Random(2);
        float[] x = new float[SAMPLES * TOKENS * WIDTH];
        for (int i = 0; i < x.length; i++) {
            int sample = i / (TOKENS * WIDTH);
            x[i] = (float) (Math.pow(10, -sample * 3 % 7) * random.nextGaussian());
        }
        return x;
    }

    static List<Solver> solvers() {
        return List.of(
                new FixedPointIteration(200, 1e-5, StopMeasure.ABSOLUTE, 1),
                Anderson.of(200, 1e-5),
                Broyden.of(200, 1e-5));
    }

    @ParameterizedTest
    @MethodSource("solvers")
    void leavingTheBatchChangesNothingButTheWork(Solver solver) {
        Affine plain = new Affine(SAMPLES);
        plain.x.set(inputs());
        Solver.Solve expected = solver.prepare(plain, Stopping.EACH_SAMPLE);
        Statistics statistics = expected.run();
        assertTrue(statistics.meanEvaluations() < statistics.evaluations());
        final int work = evaluated;
        assertEquals(SAMPLES * statistics.evaluations(), work);

        Affine whole = new Affine(SAMPLES);
        List<CompactingMap.Sized> smaller = new ArrayList<>();
        for (int size : new int[] {2, 4, 1}) {
            smaller.add(new Affine(size).sized());
        }
        CompactingMap map = new CompactingMap(whole.sized(), smaller);
        Solver.Solve solve = solver.prepare(map, Stopping.EACH_SAMPLE);
        for (int run = 0; run < 2; run++) {
            whole.x.set(inputs());
            map.state().set(new float[SAMPLES * TOKENS * WIDTH]);
            evaluated = 0;
            Statistics compacted = solve.run();
            assertArrayEquals(expected.best().get(), solve.best().get());
            for (int b = 0; b < SAMPLES; b++) {
                assertArrayEquals(statistics.absolute()[b], compacted.absolute()[b]);
            }
            assertTrue(evaluated < work, evaluated + " of " + work);
            assertTrue(evaluated >= SAMPLES * statistics.meanEvaluations());
        }
    }

    @Test
    void sizesAndInputsMustMatch() {
        CompactingMap.Sized whole = new Affine(3).sized();
        refused(
                "a smaller batch must have less than 3 samples, not 3",
                whole,
                new Affine(3).sized());
        refused(
                "the batch of 3 samples has 1 inputs, that of 2 has 0",
                whole,
                new CompactingMap.Sized(new Affine(2), List.of()));
    }

    private static void refused(
            String message, CompactingMap.Sized whole, CompactingMap.Sized smaller) {
        assertEquals(
                message,
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new CompactingMap(whole, List.of(smaller)))
                        .getMessage());
    }
}
