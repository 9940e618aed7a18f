package dev.getj.study;

import dev.getj.data.Pairs;
import dev.getj.data.PairsDescription;
import dev.getj.data.PairsWriter;
import dev.getj.diffusion.PairMaker;
import dev.getj.io.Claim;
import dev.getj.kernels.Backend;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The pair sets of a study. The largest one is made by the teacher or copied from a given set, and
 * the others are its first pairs; so is one that all runs are measured on, of other noise or of what
 * the given set holds out. One process makes them, others that need them wait.
 */
final class StudyPairs {
    private static final long SEED = 0;
    private static final long HELD_OUT_SEED = 1;
    private static final int COPIED = 500;

    private final StudySettings settings;
    private final Path out;
    private final Supplier<Backend> backends;
    private final PairSource source;

    StudyPairs(StudySettings settings, Path out, Supplier<Backend> backends, PairSource source) {
        this.settings = settings;
        this.out = out;
        this.backends = backends;
        this.source = source;
    }

    Path folder(long pairs) {
        return out.resolve("pairs").resolve(Long.toString(pairs));
    }

    /** The pairs that no run learns from, one for each image by which runs are judged. */
    Path heldOut() {
        return out.resolve("pairs").resolve("held-out");
    }

    private boolean there(long pairs) {
        return Pairs.isFinished(folder(pairs));
    }

    private boolean complete() {
        return Pairs.isFinished(heldOut()) && settings.pairs().stream().allMatch(this::there);
    }

    /**
     * Makes what is missing.
     *
     * @return false if it was told to stop before
     */
    boolean make(StudyListener listener, BooleanSupplier stop) {
        boolean told = false;
        while (!complete()) {
            if (stop.getAsBoolean()) {
                return false;
            }
            Optional<Claim> claim = Claim.tryTake(out.resolve("pairs"));
            if (claim.isPresent()) {
                try (Claim _ = claim.get()) {
                    switch (source) {
                        case PairSource.Teacher teacher -> make(teacher, listener, stop);
                        case PairSource.Given given -> copy(given, listener);
                    }
                    first();
                }
            } else {
                if (!told) {
                    listener.note("another getj is making the pairs; waiting for it");
                    told = true;
                }
                Turn.pause();
            }
        }
        return true;
    }

    private void make(PairSource.Teacher teacher, StudyListener listener, BooleanSupplier stop) {
        long most = settings.mostPairs();
        if (!there(most)) {
            try (Backend backend = backends.get()) {
                PairMaker maker = teacher.open().apply(backend);
                PairsDescription description = maker.description(most, SEED);
                listener.begin("pairs of the " + description.teacher(), "pairs", most);
                maker.generate(
                        backend,
                        folder(most),
                        description,
                        (done, _) -> listener.at(done, ""),
                        stop);
            }
        }
        if (!Pairs.isFinished(heldOut()) && !stop.getAsBoolean()) {
            try (Backend backend = backends.get()) {
                PairMaker maker = teacher.open().apply(backend);
                PairsDescription description = maker.description(settings.images(), HELD_OUT_SEED);
                maker.generate(backend, heldOut(), description, (_, _) -> {}, stop);
            }
        }
    }

    private void copy(PairSource.Given given, StudyListener listener) {
        long most = settings.mostPairs();
        try (Pairs all = Pairs.open(given.set())) {
            listener.begin("pairs of " + given.set(), "pairs", most);
            if (!there(most)) {
                copy(all, 0, most, folder(most));
            }
            if (!Pairs.isFinished(heldOut())) {
                long measured = Math.min(settings.images(), given.heldOut());
                copy(all, all.count() - given.heldOut(), measured, heldOut());
            }
        }
    }

    // the smaller sets, once the largest is there
    private void first() {
        if (there(settings.mostPairs())) {
            try (Pairs all = Pairs.open(folder(settings.mostPairs()))) {
                for (long count : settings.pairs()) {
                    if (!there(count)) {
                        copy(all, 0, count, folder(count));
                    }
                }
            }
        }
    }

    private static void copy(Pairs all, long from, long count, Path folder) {
        PairsDescription of = all.description();
        PairsDescription description =
                new PairsDescription(
                                count,
                                of.channels(),
                                of.size(),
                                of.classes(),
                                of.teacher(),
                                of.seed(),
                                of.settings(),
                                of.classNames())
                        .withHeldOut(0);
        float[] noise = new float[COPIED * of.elements()];
        float[] image = new float[noise.length];
        int[] labels = new int[COPIED];
        try (PairsWriter writer = new PairsWriter(folder, description)) {
            for (long first = 0; first < count; first += COPIED) {
                int some = (int) Math.min(COPIED, count - first);
                for (int i = 0; i < some; i++) {
                    all.read(from + first + i, i, noise, image);
                    labels[i] = all.classes() > 0 ? all.label(from + first + i) : 0;
                }
                writer.add(noise, image, labels, some);
            }
            writer.finish();
        }
    }
}
