package dev.getj.kernels.jvm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

@Timeout(60)
class ChainTest {
    private static final int WIDTH = 24;
    private static final int HIDDEN = 40;
    private static final int HEADS = 2;

    private final Random random = new Random(7);

    /** The launches of a transformer block, each on its own, and where they write. */
    private record Block(List<Consumer<Kernels>> launches, List<Tensor> outputs) {
        void launchAll(Kernels k) {
            launches.forEach(launch -> launch.accept(k));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 5",
        "1, 3, 16",
        "2, 1, 64",
        "2, 2, 7",
        "2, 5, 16",
        "2, 3, 130",
        "3, 2, 40",
        "3, 7, 9",
        "8, 64, 4"
    })
    void aChainGivesTheBitsOfItsLaunches(int threads, int samples, int tokens) {
        try (JvmBackend backend = new JvmBackend(threads)) {
            assertSameBits(backend, block(backend, samples, tokens));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 5",
        "1, 3, 16",
        "2, 5, 16",
        "2, 4, 256",
        "2, 9, 150",
        "3, 11, 100",
        "2, 3, 1100",
        "4, 40, 64"
    })
    void aChainOnTheWayBackGivesTheBitsOfItsLaunches(int threads, int samples, int tokens) {
        try (JvmBackend backend = new JvmBackend(threads)) {
            assertSameBits(backend, backwardBlock(backend, samples, tokens));
        }
    }

    private static void assertSameBits(JvmBackend backend, Block block) {
        block.launches.forEach(launch -> backend.record("alone", launch).run());
        List<float[]> expected = block.outputs.stream().map(Tensor::get).toList();
        JvmProgram chained = (JvmProgram) backend.record("chained", block::launchAll);
        for (int run = 0; run < 20; run++) {
            block.outputs.forEach(output -> output.set(new float[output.size()]));
            chained.run();
            for (int i = 0; i < expected.size(); i++) {
                assertArrayEquals(expected.get(i), block.outputs.get(i).get(), "output " + i);
            }
        }
    }

    @Test
    void samplesForEverybodyPassABlockInOneStep() {
        try (JvmBackend backend = new JvmBackend(2)) {
            assertEquals(1, steps(backend, block(backend, 2, 16)::launchAll));
        }
    }

    @Test
    void samplesForEverybodyPassABlockBackwardInOneStep() {
        try (JvmBackend backend = new JvmBackend(2)) {
            assertEquals(1, steps(backend, backwardBlock(backend, 4, 256)::launchAll));
            assertEquals(1, steps(backend, backwardBlock(backend, 40, 64)::launchAll));
        }
    }

    @Test
    void sumsOverRowsAreReadWhenTheyAreComplete() {
        try (JvmBackend backend = new JvmBackend(2)) {
            Tensor dY = random(backend, 4, 256, 16);
            Tensor x = random(backend, 4, 256, 24);
            Tensor dWeight = backend.allocate(16, 24);
            Tensor y = backend.allocate(4, 256, 16);
            Consumer<Kernels> sum = k -> k.linearBackwardWeight(dY, x, dWeight, null);
            Consumer<Kernels> read = k -> k.linear(x, dWeight, null, y);
            assertEquals(1, steps(backend, sum.andThen(sum)));
            assertEquals(2, steps(backend, sum.andThen(read)));
            assertEquals(2, steps(backend, read.andThen(sum)));
        }
    }

    @Test
    void aChainEndsWhereThePartsOfItsSumsWouldTakeTooMuchMemory() {
        try (JvmBackend backend = new JvmBackend(2)) {
            Tensor dY = backend.allocate(4, 256, 2048);
            Tensor x = backend.allocate(4, 256, 1024);
            Tensor dWeight = backend.allocate(2048, 1024);
            // two parts of 8 MB each
            Consumer<Kernels> sum = k -> k.linearBackwardWeight(dY, x, dWeight, null);
            Consumer<Kernels> many = sum;
            for (int i = 1; i < 7; i++) {
                many = many.andThen(sum);
            }
            assertEquals(1, steps(backend, many));
            assertEquals(2, steps(backend, many.andThen(sum)));
            assertEquals(3, steps(backend, many.andThen(many).andThen(sum)));
        }
    }

    @Test
    void attentionOfFewSamplesStandsAlone() {
        try (JvmBackend backend = new JvmBackend(2)) {
            assertEquals(3, steps(backend, block(backend, 1, 16)::launchAll));
        }
    }

    @Test
    void whatAllRowsReadIsFinishedFirst() {
        try (JvmBackend backend = new JvmBackend(2)) {
            Tensor x = random(backend, 24, 8);
            Tensor weight = random(backend, 16, 8);
            Tensor y = backend.allocate(24, 16);
            Tensor other = random(backend, 24, 16);
            Tensor z = backend.allocate(24, 24);
            Consumer<Kernels> first = k -> k.linear(x, weight, null, y);
            Consumer<Kernels> second = k -> k.linear(other, y, null, z);
            assertEquals(2, steps(backend, first.andThen(second)));
            assertEquals(2, steps(backend, second.andThen(first)));
        }
    }

    @Test
    void rowsThatOverlapOtherRowsAreNotIndependent() {
        try (JvmBackend backend = new JvmBackend(2)) {
            Tensor x = random(backend, 24, 8);
            Tensor weight = random(backend, 8, 8);
            Tensor memory = backend.allocate(25, 8);
            Tensor upper = memory.view(0, 24, 8);
            Tensor lower = memory.view(8, 24, 8);
            Tensor z = backend.allocate(24, 8);
            Consumer<Kernels> write = k -> k.linear(x, weight, null, upper);
            Consumer<Kernels> same = k -> k.linear(upper, weight, null, z);
            Consumer<Kernels> shifted = k -> k.linear(lower, weight, null, z);
            assertEquals(1, steps(backend, write.andThen(same)));
            assertEquals(2, steps(backend, write.andThen(shifted)));
            assertEquals(2, steps(backend, shifted.andThen(write)));
        }
    }

    @Test
    void whatATaskThrowsEndsTheChain() {
        try (Workers workers = new Workers(2)) {
            IllegalStateException thrown = new IllegalStateException("row 60");
            RowTasks tasks =
                    (first, end, wanted) ->
                            new RowTasks.Part(
                                    1,
                                    (index, worker) -> {
                                        if (first <= 60 && 60 < end) {
                                            throw thrown;
                                        }
                                    });
            RowWork work = new RowWork(96, 1, 1, tasks, new Tensor[0], new Tensor[0]);
            Step step = Step.rows(work, () -> {}, List.of());
            Runnable chain = Chain.link(workers, List.of(step, step)).getFirst();
            for (int run = 0; run < 3; run++) {
                assertSame(thrown, assertThrows(IllegalStateException.class, chain::run));
            }
        }
    }

    private static int steps(JvmBackend backend, Consumer<Kernels> launches) {
        return ((JvmProgram) backend.record("program", launches)).steps().size();
    }

    private Block block(JvmBackend backend, int samples, int tokens) {
        Tensor x = random(backend, samples, tokens, WIDTH);
        Tensor gamma = random(backend, WIDTH);
        Tensor beta = random(backend, WIDTH);
        Tensor injection = random(backend, samples, tokens, 5 * WIDTH);
        Tensor condition = random(backend, samples, 3 * WIDTH);
        Tensor wQkv = random(backend, 3 * WIDTH, WIDTH);
        Tensor bQkv = random(backend, 3 * WIDTH);
        Tensor wProj = random(backend, WIDTH, WIDTH);
        Tensor wUp = random(backend, HIDDEN, WIDTH);
        Tensor bUp = random(backend, HIDDEN);
        Tensor wDown = random(backend, WIDTH, HIDDEN);
        Tensor bDown = random(backend, WIDTH);
        Tensor normed = backend.allocate(samples, tokens, WIDTH);
        Tensor statistics = backend.allocate(samples, tokens, 2);
        Tensor scaled = backend.allocate(samples, tokens, WIDTH);
        Tensor rms = backend.allocate(samples, tokens);
        Tensor qkv = backend.allocate(samples, tokens, 3 * WIDTH);
        Tensor logSumExp = backend.allocate(samples, HEADS, tokens);
        Tensor middle = backend.allocate(samples, tokens, WIDTH);
        Tensor preActivation = backend.allocate(samples, tokens, HIDDEN);
        Tensor hidden = backend.allocate(samples, tokens, HIDDEN);
        Tensor y = backend.allocate(samples, tokens, WIDTH);
        List<Consumer<Kernels>> launches = new ArrayList<>();
        launches.add(k -> k.layerNorm(x, gamma, beta, normed, statistics));
        launches.add(k -> k.linearInjected(normed, wQkv, bQkv, injection, WIDTH, condition, qkv));
        launches.add(k -> k.attention(qkv, HEADS, normed, logSumExp));
        launches.add(k -> k.linearResidual(normed, wProj, null, x, middle));
        launches.add(k -> k.layerNorm(middle, gamma, beta, normed, null));
        launches.add(k -> k.rmsNorm(normed, gamma, scaled, rms));
        launches.add(k -> k.linearGelu(scaled, wUp, bUp, preActivation, hidden));
        launches.add(k -> k.linearResidual(hidden, wDown, bDown, middle, y));
        return new Block(
                launches,
                List.of(
                        normed,
                        statistics,
                        scaled,
                        rms,
                        qkv,
                        logSumExp,
                        middle,
                        preActivation,
                        hidden,
                        y));
    }

    private Block backwardBlock(JvmBackend backend, int samples, int tokens) {
        Tensor x = random(backend, samples, tokens, WIDTH);
        Tensor gamma = random(backend, WIDTH);
        Tensor statistics = random(backend, samples, tokens, 2);
        Tensor qkv = random(backend, samples, tokens, 3 * WIDTH);
        Tensor logSumExp = random(backend, samples, HEADS, tokens);
        Tensor preActivation = random(backend, samples, tokens, HIDDEN);
        Tensor hidden = random(backend, samples, tokens, HIDDEN);
        Tensor dY = random(backend, samples, tokens, WIDTH);
        Tensor wQkv = random(backend, 3 * WIDTH, WIDTH);
        Tensor wUp = random(backend, HIDDEN, WIDTH);
        Tensor wDown = random(backend, WIDTH, HIDDEN);
        Tensor dHidden = backend.allocate(samples, tokens, HIDDEN);
        Tensor dNormed = backend.allocate(samples, tokens, WIDTH);
        Tensor dX = backend.allocate(samples, tokens, WIDTH);
        Tensor dQkv = backend.allocate(samples, tokens, 3 * WIDTH);
        Tensor dInjection = backend.allocate(samples, tokens, 4 * WIDTH);
        Tensor dCondition = backend.allocate(samples, 3 * WIDTH);
        Tensor dGamma = backend.allocate(WIDTH);
        Tensor dBeta = backend.allocate(WIDTH);
        Tensor dDown = backend.allocate(WIDTH, HIDDEN);
        Tensor dDownBias = backend.allocate(WIDTH);
        Tensor dUp = backend.allocate(HIDDEN, WIDTH);
        Tensor dUpBias = backend.allocate(HIDDEN);
        Tensor dWqkv = backend.allocate(3 * WIDTH, WIDTH);
        List<Consumer<Kernels>> launches = new ArrayList<>();
        launches.add(k -> k.linearBackwardWeight(dY, hidden, dDown, dDownBias));
        launches.add(k -> k.linearGeluBackwardInput(dY, wDown, preActivation, dHidden));
        launches.add(k -> k.linearBackwardWeight(dHidden, x, dUp, dUpBias));
        launches.add(k -> k.linearBackwardInput(dHidden, wUp, dNormed));
        launches.add(k -> k.layerNormBackward(dNormed, x, gamma, statistics, dX, dGamma, dBeta));
        launches.add(k -> k.attentionBackward(dX, qkv, x, logSumExp, HEADS, dQkv));
        launches.add(k -> k.injectionBackward(dQkv, dInjection, WIDTH, dCondition));
        launches.add(k -> k.linearBackwardWeight(dQkv, x, dWqkv, null));
        launches.add(k -> k.linearBackwardInput(dQkv, wQkv, dNormed));
        launches.add(k -> k.layerNormBackward(dNormed, x, gamma, statistics, dX, dGamma, dBeta));
        return new Block(
                launches,
                List.of(
                        dHidden,
                        dNormed,
                        dX,
                        dQkv,
                        dInjection,
                        dCondition,
                        dGamma,
                        dBeta,
                        dDown,
                        dDownBias,
                        dUp,
                        dUpBias,
                        dWqkv));
    }

    private Tensor random(JvmBackend backend, int... shape) {
        Tensor tensor = backend.allocate(shape);
        float[] values = new float[tensor.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        tensor.set(values);
        return tensor;
    }
}
