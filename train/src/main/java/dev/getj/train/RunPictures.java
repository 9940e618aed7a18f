package dev.getj.train;

import dev.getj.picture.Fonts;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The loss chart and the samples of a run, drawn every so many steps and after the last. The run
 * matters more than its pictures: one that fails is noted.
 */
final class RunPictures {
    private final RunDirectory run;
    private final RunSettings settings;
    private final TrainingLoop.Work work;
    private final Metrics metrics;
    private final TrainingListener listener;

    /**
     * @param work draws the samples
     * @param metrics whose losses the chart shows
     */
    RunPictures(
            RunDirectory run,
            RunSettings settings,
            TrainingLoop.Work work,
            Metrics metrics,
            TrainingListener listener) {
        this.run = run;
        this.settings = settings;
        this.work = work;
        this.metrics = metrics;
        this.listener = listener;
    }

    /** True if there are pictures of a step. */
    boolean isDrawn(long step) {
        return step == settings.steps() || step % settings.sampleEvery() == 0;
    }

    /**
     * Draws those of the last step done if they are not there: pictures come after the checkpoint,
     * so a session that was killed may lack them.
     */
    void drawMissing(long step) {
        List<Metrics.Line> lines = metrics.lines();
        if (!lines.isEmpty()
                && lines.getLast().step() == step
                && isDrawn(step)
                && !Files.exists(run.samples(step))) {
            draw(step);
        }
    }

    /** Draws those of the last step done. */
    void draw(long step) {
        attempt(
                step,
                "the loss chart",
                () ->
                        Fonts.problem()
                                .ifPresentOrElse(
                                        run::log,
                                        () -> LossChart.write(metrics.lines(), run.lossChart())));
        attempt(
                step,
                "the samples",
                () -> {
                    Path picture = run.samples(step);
                    work.draw(picture);
                    if (Files.exists(picture)) {
                        listener.sampled(picture);
                    }
                });
    }

    private void attempt(long step, String what, Runnable drawing) {
        try {
            drawing.run();
        } catch (RuntimeException | OutOfMemoryError | InternalError | LinkageError failure) {
            String line =
                    "%s of step %s could not be drawn: %s"
                            .formatted(what, step, TrainingLoop.oneLine(failure));
            run.log(line);
            listener.note(line);
        }
    }
}
