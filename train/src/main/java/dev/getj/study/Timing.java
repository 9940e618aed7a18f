package dev.getj.study;

import dev.getj.kernels.Backend;
import dev.getj.model.Initialization;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** Measures how long sampling takes; weights make no difference to that. */
final class Timing {
    private static final String FILE = "times.json";
    private static final int BATCH = 64;

    /** Batches before the measured ones: the first of a process meet code not yet compiled. */
    private static final int WARM_UP = 50;

    private static final int RUNS = 15;

    private final StudySettings settings;
    private final Path file;
    private final Supplier<Backend> backends;

    /**
     * @param out folder of the study, which keeps what was measured
     */
    Timing(StudySettings settings, Path out, Supplier<Backend> backends) {
        this.settings = settings;
        this.file = out.resolve(FILE);
        this.backends = backends;
    }

    /** What was measured before, or is now. */
    Times times() {
        if (!Files.exists(file)) {
            StudyJson.write(file, measure());
        }
        return StudyJson.read(file, Times.class);
    }

    private Times measure() {
        List<Times.Entry> entries = new ArrayList<>();
        try (Backend backend = backends.get()) {
            Sampler get = sampler(backend, settings.get());
            for (int k = 1; k <= Training.MOST_ITERATIONS; k++) {
                entries.add(new Times.Entry(settings.get().name(), k, milliseconds(get, k)));
            }
            for (Student vit : settings.vits()) {
                double milliseconds = milliseconds(sampler(backend, vit), 1);
                entries.add(new Times.Entry(vit.name(), 0, milliseconds));
            }
            return new Times(backend.description(), BATCH, entries);
        }
    }

    private static Sampler sampler(Backend backend, Student student) {
        Parameters weights = new Parameters(backend, new ParameterTable(student.model()));
        Initialization.initialize(student.model(), weights, 0);
        return new Sampler(backend, student.model(), weights, BATCH);
    }

    private static double milliseconds(Sampler sampler, int iterations) {
        SampleRequest request = SampleRequest.of(BATCH).withIterations(iterations);
        for (int i = 0; i < WARM_UP; i++) {
            sampler.sample(request);
        }
        long[] nanos =
                LongStream.range(0, RUNS).map(_ -> nanos(sampler, request)).sorted().toArray();
        return nanos[RUNS / 2] * 1e-6 / BATCH;
    }

    private static long nanos(Sampler sampler, SampleRequest request) {
        long begin = System.nanoTime();
        sampler.sample(request);
        return System.nanoTime() - begin;
    }
}
