package dev.getj.kernels.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

@Timeout(60)
class WorkersTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void everyTaskRunsOnceWhateverTheirNumber(int threads) {
        try (Workers workers = new Workers(threads)) {
            for (int launch = 0; launch < 2000; launch++) {
                int tasks = launch * 7 % 41;
                AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
                workers.run(
                        tasks,
                        (index, worker) -> {
                            assertTrue(worker >= 0 && worker < threads);
                            runs.incrementAndGet(index);
                        });
                for (int i = 0; i < tasks; i++) {
                    assertEquals(1, runs.get(i), "task " + i + " of " + tasks);
                }
            }
        }
    }

    // who takes the first task of the last part is held until all others are done
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void whoIsDoneTakesWhatIsLeftToOthers(int threads) {
        int tasks = 30;
        int held = tasks * (threads - 1) / threads;
        try (Workers workers = new Workers(threads)) {
            CountDownLatch others = new CountDownLatch(tasks - 1);
            workers.run(
                    tasks,
                    (index, worker) -> {
                        if (index == held) {
                            await(others);
                        } else {
                            others.countDown();
                        }
                    });
            assertEquals(0, others.getCount());
        }
    }

    @Test
    void theFirstTasksAreTheCallersInEveryLaunch() {
        try (Workers workers = new Workers(2)) {
            for (int launch = 0; launch < 200; launch++) {
                AtomicInteger first = new AtomicInteger(-1);
                CountDownLatch begun = new CountDownLatch(2);
                workers.run(
                        2,
                        (index, worker) -> {
                            begun.countDown();
                            await(begun);
                            if (index == 0) {
                                first.set(worker);
                            }
                        });
                assertEquals(0, first.get());
            }
        }
    }

    @Test
    void whatATaskThrowsReachesTheCallerAfterAllOthersHaveRun() {
        try (Workers workers = new Workers(2)) {
            AtomicInteger runs = new AtomicInteger();
            IllegalStateException thrown = new IllegalStateException("task 3");
            IllegalStateException caught =
                    assertThrows(
                            IllegalStateException.class,
                            () ->
                                    workers.run(
                                            10,
                                            (index, worker) -> {
                                                runs.incrementAndGet();
                                                if (index == 3) {
                                                    throw thrown;
                                                }
                                            }));
            assertSame(thrown, caught);
            assertEquals(10, runs.get());
            workers.run(10, (index, worker) -> runs.incrementAndGet());
            assertEquals(20, runs.get());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
