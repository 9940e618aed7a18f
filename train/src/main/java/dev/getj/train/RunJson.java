package dev.getj.train;

import dev.getj.model.ModelConfig;
import dev.getj.model.Objective;
import dev.getj.model.Precision;

import java.util.Optional;

/**
 * The settings of a run as {@code config.json} has them: one object, whose keys are these
 * components, since the first version.
 */
record RunJson(
        ModelConfig model,
        String pairs,
        Objective objective,
        OptimizerSettings optimizer,
        int batch,
        long steps,
        long seed,
        boolean recompute,
        long saveEvery,
        long sampleEvery,
        RateSchedule schedule,
        long heldOut,
        long evalEvery,
        Precision precision,
        String initFromTeacher,
        double labelDropout,
        Fresh fresh,
        long emaEvery,
        FeatureTerm featureLoss,
        WeightsDigests sha256,
        long begunSteps) {
    /** Where pairs are those of a set. */
    private static final Fresh NO_TEACHER = new Fresh("", "", 1, 18, Fresh.RING, Fresh.REUSE);

    private static final FeatureTerm NO_FEATURES = new FeatureTerm("", 1);

    static RunJson of(RunConfig config) {
        Source source = config.source();
        Learning learning = config.learning();
        return new RunJson(
                config.model(),
                source.pairs(),
                learning.objective(),
                learning.optimizer(),
                config.batch(),
                config.steps(),
                config.seed(),
                config.computing().recompute(),
                config.saveEvery(),
                config.sampleEvery(),
                learning.schedule(),
                source.heldOut(),
                source.evalEvery(),
                config.computing().precision(),
                learning.initFromTeacher(),
                learning.dropout().share(),
                source.fresh().orElse(NO_TEACHER),
                learning.averagesEvery(),
                learning.features().orElse(NO_FEATURES),
                config.digests(),
                config.course().begunSteps());
    }

    RunConfig config() {
        return new RunConfig(
                model,
                new Source(
                        pairs,
                        fresh.teacher().isEmpty() ? Optional.empty() : Optional.of(fresh),
                        heldOut,
                        evalEvery),
                new Learning(
                        objective,
                        optimizer,
                        schedule,
                        initFromTeacher,
                        new LabelDropout(labelDropout),
                        featureLoss.classifier().isEmpty()
                                ? Optional.empty()
                                : Optional.of(featureLoss),
                        emaEvery),
                new Course(batch, steps, seed, saveEvery, sampleEvery, begunSteps),
                new Computing(recompute, precision),
                sha256);
    }
}
