package dev.getj.cli;

import dev.getj.data.Pairs;
import dev.getj.data.PairsDescription;
import dev.getj.diffusion.FreshPairs;
import dev.getj.diffusion.Teacher;
import dev.getj.diffusion.TeacherPairs;
import dev.getj.diffusion.TrainedDenoiser;
import dev.getj.kernels.Backend;
import dev.getj.train.Fresh;
import dev.getj.train.Lessons;
import dev.getj.train.RunConfig;
import dev.getj.train.StoredPairs;

import java.nio.file.Path;

/** What a run learns from, opened. */
sealed interface Material extends AutoCloseable {
    /** Pairs of a set. */
    record Stored(Pairs pairs) implements Material {
        @Override
        public PairsDescription description() {
            return pairs.description();
        }

        @Override
        public Lessons lessons(Backend backend, RunConfig config) {
            return new StoredPairs(pairs, config);
        }

        @Override
        public void close() {
            pairs.close();
        }
    }

    /** Pairs that a teacher makes while they are learned from. */
    record Made(Teacher teacher, Fresh fresh) implements Material {
        @Override
        public PairsDescription description() {
            return new TeacherPairs(teacher, fresh.samplerSteps(), TrainedDenoiser.BATCH)
                    .description(fresh.ring(), 0);
        }

        @Override
        public Lessons lessons(Backend backend, RunConfig config) {
            return new FreshPairs(
                    backend, teacher, fresh, config.seed(), config.source().heldOut());
        }

        @Override
        public void close() {
            teacher.close();
        }
    }

    /** Of a teacher as a run names it. */
    static Material made(Fresh fresh, Backend backend) {
        return new Made(FreshPairs.open(fresh, backend), fresh);
    }

    /**
     * What a run learned from before.
     *
     * @param moved where its pair set lies now, or null
     */
    static Material again(CommonOptions common, RunConfig config, Path moved, Backend backend) {
        if (config.source().fresh().isEmpty()) {
            return new Stored(Pairs.open(moved != null ? moved : Path.of(config.source().pairs())));
        }
        if (moved != null) {
            throw common.wrongUsage(
                    "the run learns from fresh pairs, which "
                            + config.source().fresh().get().teacher()
                            + " makes: leave out --pairs");
        }
        return made(config.source().fresh().get(), backend);
    }

    PairsDescription description();

    /** The pairs of a run, in its order. */
    Lessons lessons(Backend backend, RunConfig config);

    @Override
    void close();
}
