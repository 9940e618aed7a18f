package dev.getj.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.model.ModelConfig;
import dev.getj.model.TinyNetworks;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What may be asked of a sampler, by one thread and by many. */
@Timeout(60)
class RequestsTest {
    private static final ModelConfig CONDITIONAL = TinyNetworks.conditional();
    private static final int PIXELS = CONDITIONAL.pixels();

    static Stream<ModelConfig> networks() {
        return Stream.of(
                CONDITIONAL,
                TinyNetworks.unconditional(),
                TinyNetworks.fromInjection(),
                TinyNetworks.vit());
    }

    private static Sampler sampler(ModelConfig config, int batch) {
        Backend backend = Backends.jvm(2);
        return new Sampler(
                new HeldBackend.Owned(backend),
                config,
                TinyNetworks.weights(backend, config, 8),
                batch);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void anyCountGivesTheFirstOfASeed(ModelConfig config) {
        try (Sampler sampler = sampler(config, 16)) {
            Samples all = sampler.sample(SampleRequest.of(40).withSeed(5));
            for (int count : new int[] {1, 2, 3, 5, 11, 12, 13, 17, 39}) {
                Samples some = sampler.sample(SampleRequest.of(count).withSeed(5));
                assertArrayEquals(
                        Arrays.copyOf(all.pixels(), count * config.pixels()), some.pixels());
                assertArrayEquals(Arrays.copyOf(all.residuals(), count), some.residuals());
            }
        }
    }

    @Test
    void allSizesTogetherTakeLittleMoreMemoryThanTheLargest() {
        long[] allocated = new long[2];
        for (int run = 0; run < 2; run++) {
            AtomicLong floats = new AtomicLong();
            try (Backend backend = Backends.jvm(1);
                    Sampler sampler =
                            new Sampler(
                                    counting(backend, floats),
                                    CONDITIONAL,
                                    TinyNetworks.weights(backend, CONDITIONAL, 8),
                                    64)) {
                for (int count = run == 0 ? 64 : 1; count <= 64; count++) {
                    sampler.sample(SampleRequest.of(count));
                }
                sampler.sample(SampleRequest.of(200));
            }
            allocated[run] = floats.get();
        }
        assertTrue(allocated[0] > 0);
        assertTrue(
                allocated[1] <= 1.34 * allocated[0],
                () -> Arrays.toString(allocated) + " floats allocated");
    }

    // a backend that tells what is allocated
    private static Backend counting(Backend backend, AtomicLong floats) {
        return (Backend)
                Proxy.newProxyInstance(
                        Backend.class.getClassLoader(),
                        new Class<?>[] {Backend.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("allocate")) {
                                int[] shape = (int[]) arguments[arguments.length - 1];
                                floats.addAndGet(IntStream.of(shape).reduce(1, (a, b) -> a * b));
                            }
                            return method.invoke(backend, arguments);
                        });
    }

    @Test
    void requestsOfManyThreadsAreTheSameAsAlone() throws Exception {
        List<SampleRequest> requests = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            SampleRequest request =
                    SampleRequest.of(i % 10 == 9 ? 70 : 1 + i % 3).withSeed(i).withFirst(i % 4);
            requests.add(i % 7 == 6 ? request.withIterations(2) : request);
            if (i % 11 == 10) {
                requests.add(request.withStart(SampleRequest.Start.PREVIOUS).withLabel(1));
            }
        }
        try (Sampler sampler = sampler(CONDITIONAL, 64);
                ExecutorService threads = Executors.newFixedThreadPool(12)) {
            List<Samples> expected = requests.stream().map(sampler::sample).toList();
            List<Future<Samples>> actual =
                    requests.stream()
                            .map(request -> threads.submit(() -> sampler.sample(request)))
                            .toList();
            List<CompletableFuture<Samples>> later =
                    requests.stream().map(sampler::sampleAsync).toList();
            for (int i = 0; i < requests.size(); i++) {
                assertEquals(expected.get(i), actual.get(i).get(), "request " + requests.get(i));
                assertEquals(expected.get(i), later.get(i).get(), "later " + requests.get(i));
            }
        }
    }

    @Test
    void oneImageDoesNotWaitForMany() throws Exception {
        try (Sampler sampler = sampler(CONDITIONAL, 64)) {
            List<CompletableFuture<Samples>> small = new ArrayList<>();
            int[] ended = {-1};
            Samples large =
                    sampler.sample(
                            SampleRequest.of(640),
                            (done, count) -> {
                                assertEquals(640, count);
                                if (done == 64) {
                                    for (int i = 0; i < 8; i++) {
                                        small.add(
                                                sampler.sampleAsync(
                                                        SampleRequest.of(1).withSeed(i)));
                                    }
                                }
                                if (ended[0] < 0
                                        && small.size() == 8
                                        && small.stream().allMatch(CompletableFuture::isDone)) {
                                    ended[0] = done;
                                }
                            });
            assertEquals(640, large.count());
            assertTrue(ended[0] > 0 && ended[0] < 640, () -> "they were done at " + ended[0]);
            for (int i = 0; i < 8; i++) {
                assertEquals(sampler.sample(SampleRequest.of(1).withSeed(i)), small.get(i).get());
            }
        }
    }

    @Test
    void noiseAndStartAreThoseThatSamplesBeginWith() {
        try (Sampler sampler = sampler(CONDITIONAL, 4)) {
            SampleRequest request = SampleRequest.of(3).withSeed(9).withFirst(2).withLabel(1);
            float[] noise = new float[3 * PIXELS];
            float[] start = new float[3 * CONDITIONAL.stateSize()];
            for (int i = 0; i < 3; i++) {
                System.arraycopy(sampler.noise(9, 2 + i), 0, noise, i * PIXELS, PIXELS);
                float[] z0 = sampler.start(9, 2 + i);
                System.arraycopy(z0, 0, start, i * z0.length, z0.length);
            }
            Samples drawn = sampler.sample(request);
            assertEquals(drawn, sampler.sample(noise, start, request));
            assertEquals(drawn, sampler.sample(noise, request));
            assertEquals(drawn, sampler.sampleAsync(noise, request).join());
            assertNotEquals(drawn, sampler.sample(noise, request.withSeed(10)));
            noise[PIXELS] = Float.NaN;
            refused(
                    "noise of sample 1 holds NaN, but must be finite",
                    () -> sampler.sample(noise, request));
            refused(
                    "noise of sample 1 holds NaN, but must be finite",
                    () -> sampler.sampleAsync(noise, request));
            refused("the index of a sample must be at least 0, not -1", () -> sampler.noise(9, -1));
            refused("the index of a sample must be at least 0, not -1", () -> sampler.start(9, -1));
        }
    }

    @Test
    void requestsAndSamplesAreValues() {
        SampleRequest request = SampleRequest.of(2).withSeed(3).withFirst(7).withLabels(1, 2);
        assertEquals(request, SampleRequest.of(2).withLabels(1, 2).withFirst(7).withSeed(3));
        assertEquals(
                request.hashCode(),
                SampleRequest.of(2).withSeed(3).withFirst(7).withLabels(1, 2).hashCode());
        assertNotEquals(request, request.withFirst(8));
        assertNotEquals(request, request.withLabels(1, 1));
        assertNotEquals(request, request.withIterations(5));
        assertTrue(request.toString().contains("labels=[1, 2]"), request::toString);
        request.labels()[0] = 5;
        assertEquals(1, request.labels()[0]);
        try (Sampler sampler = sampler(CONDITIONAL, 4)) {
            Samples samples = sampler.sample(request);
            assertEquals(samples, sampler.sample(request));
            assertEquals(samples.hashCode(), sampler.sample(request).hashCode());
            assertNotEquals(samples, sampler.sample(request.withFirst(6)));
            for (int i : new int[] {-1, 2}) {
                IndexOutOfBoundsException error =
                        assertThrows(IndexOutOfBoundsException.class, () -> samples.pixels(i));
                assertEquals("there is no image " + i + ": these are 0…1", error.getMessage());
                assertThrows(IndexOutOfBoundsException.class, () -> samples.png(i));
            }
        }
    }

    @Test
    void progressIsToldInOrderToTheEnd() {
        try (Sampler sampler = sampler(CONDITIONAL, 4)) {
            for (boolean later : new boolean[] {false, true}) {
                List<Integer> told = new ArrayList<>();
                Progress progress = (done, count) -> told.add(100 * count + done);
                if (later) {
                    sampler.sampleAsync(SampleRequest.of(11), progress).join();
                } else {
                    sampler.sample(SampleRequest.of(11), progress);
                }
                assertEquals(List.of(1104, 1108, 1111), told);
            }
        }
    }

    @Test
    void anInterruptedThreadStopsAfterItsBatch() {
        try (Sampler sampler = sampler(CONDITIONAL, 4)) {
            SampleRequest request = SampleRequest.of(12);
            CancellationException error =
                    assertThrows(
                            CancellationException.class,
                            () ->
                                    sampler.sample(
                                            request,
                                            (done, _) -> {
                                                if (done == 8) {
                                                    Thread.currentThread().interrupt();
                                                }
                                            }));
            assertEquals("sampling was interrupted after 8 of 12 images", error.getMessage());
            assertTrue(Thread.interrupted());
            assertEquals(12, sampler.sample(request).count());
        }
    }

    @Test
    void aRequestEndsWhenItsFutureIsCancelled() {
        try (Sampler sampler = sampler(CONDITIONAL, 4)) {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch cancelled = new CountDownLatch(1);
            List<Integer> told = new ArrayList<>();
            CompletableFuture<Samples> future =
                    sampler.sampleAsync(
                            SampleRequest.of(4000),
                            (done, _) -> {
                                told.add(done);
                                begun.countDown();
                                await(cancelled);
                            });
            await(begun);
            assertTrue(future.cancel(true));
            cancelled.countDown();
            assertEquals(3, sampler.sample(SampleRequest.of(3)).count());
            assertEquals(List.of(4), told);
        }
    }

    @Test
    void whatAProgressThrowsEndsItsRequestAlone() {
        try (Sampler sampler = sampler(CONDITIONAL, 4)) {
            Progress failing =
                    (_, _) -> {
                        throw new IllegalStateException("full");
                    };
            assertEquals(
                    "full",
                    assertThrows(
                                    IllegalStateException.class,
                                    () -> sampler.sample(SampleRequest.of(9), failing))
                            .getMessage());
            CompletableFuture<Samples> later = sampler.sampleAsync(SampleRequest.of(9), failing);
            CompletableFuture<Samples> other = sampler.sampleAsync(SampleRequest.of(9));
            assertEquals(
                    "full",
                    assertThrows(CompletionException.class, later::join).getCause().getMessage());
            assertEquals(9, other.join().count());
        }
    }

    @Test
    void closingEndsWhatWaits() {
        Sampler sampler = sampler(CONDITIONAL, 4);
        CompletableFuture<Samples> later =
                sampler.sampleAsync(SampleRequest.of(4000), (_, _) -> sampler.close());
        CompletionException error = assertThrows(CompletionException.class, later::join);
        assertEquals("the sampler is closed", error.getCause().getMessage());
        for (Runnable use :
                List.<Runnable>of(
                        () -> sampler.sampleAsync(SampleRequest.of(1)),
                        () -> sampler.noise(1, 1),
                        () -> sampler.start(1, 1))) {
            assertEquals(
                    "the sampler is closed",
                    assertThrows(IllegalStateException.class, use::run).getMessage());
        }
    }

    @Test
    void aForgottenSamplerClosesItsBackend() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        WeakReference<Sampler> forgotten = forgotten(closed);
        while (closed.getCount() > 0) {
            System.gc();
            Thread.sleep(10);
        }
        assertFalse(forgotten.get() instanceof Sampler);
    }

    private static WeakReference<Sampler> forgotten(CountDownLatch closed) {
        Backend backend = Backends.jvm(2);
        Backend watched =
                (Backend)
                        Proxy.newProxyInstance(
                                Backend.class.getClassLoader(),
                                new Class<?>[] {Backend.class},
                                (_, method, arguments) -> {
                                    if (method.getName().equals("close")) {
                                        closed.countDown();
                                    }
                                    return method.invoke(backend, arguments);
                                });
        Sampler sampler =
                new Sampler(
                        new HeldBackend.Owned(watched),
                        CONDITIONAL,
                        TinyNetworks.weights(backend, CONDITIONAL, 8),
                        4);
        assertEquals(2, sampler.sample(SampleRequest.of(2)).count());
        return new WeakReference<>(sampler);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void refused(String message, Runnable action) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, action::run).getMessage());
    }
}
