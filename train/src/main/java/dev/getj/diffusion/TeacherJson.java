package dev.getj.diffusion;

import dev.getj.model.ModelConfig;
import dev.getj.model.Precision;
import dev.getj.train.Computing;
import dev.getj.train.Course;
import dev.getj.train.LabelDropout;
import dev.getj.train.OptimizerSettings;
import dev.getj.train.RateSchedule;

/**
 * The settings of a teacher's run as {@code config.json} has them: one object, whose keys are these
 * components, since the first version.
 */
record TeacherJson(
        ModelConfig teacher,
        String data,
        double sigmaData,
        boolean flips,
        OptimizerSettings optimizer,
        RateSchedule schedule,
        int batch,
        long steps,
        long seed,
        boolean recompute,
        long saveEvery,
        long sampleEvery,
        Precision precision,
        double labelDropout,
        long begunSteps) {
    static TeacherJson of(TeacherConfig config) {
        TeacherConfig.Examples examples = config.examples();
        return new TeacherJson(
                config.teacher(),
                examples.data(),
                examples.sigmaData(),
                examples.flips(),
                config.optimizer(),
                config.schedule(),
                config.batch(),
                config.steps(),
                config.seed(),
                config.computing().recompute(),
                config.saveEvery(),
                config.sampleEvery(),
                config.computing().precision(),
                examples.dropout().share(),
                config.course().begunSteps());
    }

    TeacherConfig config() {
        return new TeacherConfig(
                teacher,
                new TeacherConfig.Examples(data, sigmaData, flips, new LabelDropout(labelDropout)),
                optimizer,
                schedule,
                new Course(batch, steps, seed, saveEvery, sampleEvery, begunSteps),
                new Computing(recompute, precision));
    }
}
