package dev.getj.study;

import dev.getj.io.Claim;
import dev.getj.kernels.Backend;
import dev.getj.model.Initialization;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.Precision;
import dev.getj.sample.HeldBackend;
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
    private static final int WARM_UP = 10;

    private static final int RUNS = 15;

    private final StudySettings settings;
    private final Precision precision;
    private final Path file;
    private final Supplier<Backend> backends;

    /**
     * @param out folder of the study, which keeps what was measured
     */
    Timing(StudySettings settings, Precision precision, Path out, Supplier<Backend> backends) {
        this.settings = settings;
        this.precision = precision;
        this.file = out.resolve(FILE);
        this.backends = backends;
    }

    /** What was measured before, or is now; by one process at a time. */
    Times times() {
        try (Claim _ = Turn.await(file.getParent())) {
            if (!Files.exists(file)) {
                StudyJson.write(file, measure());
            }
        }
        return StudyJson.read(file, Times.class);
    }

    /** A network and its iterations, and the nanoseconds that its batches took. */
    private record Case(String student, int iterations, Sampler sampler, long[] nanos) {
        static Case of(Backend backend, Student student, Precision precision, int iterations) {
            Parameters weights = new Parameters(backend, new ParameterTable(student.model()));
            Initialization.initialize(student.model(), weights, 0);
            Sampler sampler =
                    new Sampler(
                            new HeldBackend.Borrowed(backend),
                            student.model(),
                            weights,
                            BATCH,
                            precision);
            return new Case(student.name(), iterations, sampler, new long[RUNS]);
        }

        void run(int times) {
            // a ViT has none, and takes 1
            int applied = Math.max(1, iterations);
            SampleRequest request = SampleRequest.of(BATCH).withIterations(applied);
            for (int i = 0; i < times; i++) {
                sampler.sample(request);
            }
        }

        void time(int round) {
            long begin = System.nanoTime();
            run(1);
            nanos[round] = System.nanoTime() - begin;
        }

        Times.Entry entry() {
            double median = LongStream.of(nanos).sorted().toArray()[RUNS / 2];
            return new Times.Entry(student, iterations, median * 1e-6 / BATCH);
        }
    }

    // in turns, so that a clock that changes meets everybody
    private Times measure() {
        try (Backend backend = backends.get()) {
            List<Case> cases = new ArrayList<>();
            for (int k = 1; k <= Training.MOST_ITERATIONS; k++) {
                cases.add(Case.of(backend, settings.get(), precision, k));
            }
            settings.students()
                    .filter(student -> !student.isGet())
                    .forEach(vit -> cases.add(Case.of(backend, vit, precision, 0)));
            cases.forEach(timed -> timed.run(WARM_UP));
            for (int round = 0; round < RUNS; round++) {
                for (Case timed : cases) {
                    timed.time(round);
                }
            }
            List<Times.Entry> entries = cases.stream().map(Case::entry).toList();
            return new Times(backend.description(), BATCH, entries);
        }
    }
}
