package dev.getj.eval;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.train.Course;
import dev.getj.train.OptimizerSettings;
import dev.getj.train.RunSettings;
import dev.getj.train.SettingsJson;

import java.util.Map;

/**
 * Everything needed to repeat the training of a classifier.
 *
 * @param data labelled images, as {@link dev.getj.data.DataSpec} reads them
 * @param batch images of one step
 * @param steps at which the run is complete
 * @param seed of initial weights and order
 * @param saveEvery steps between checkpoints
 * @param sampleEvery steps between charts of the loss
 * @param begunSteps as {@link Course#begunSteps}
 */
public record ClassifierConfig(
        ClassifierForm classifier,
        String data,
        OptimizerSettings optimizer,
        int batch,
        long steps,
        long seed,
        long saveEvery,
        long sampleEvery,
        long begunSteps)
        implements RunSettings {
    /**
     * @throws IllegalArgumentException naming the first value outside its range
     */
    public ClassifierConfig {
        RunSettings.requireBatch(batch, classifier.pixels());
        RunSettings.require(steps, "the number of steps");
        RunSettings.require(saveEvery, "the steps between checkpoints");
        RunSettings.require(sampleEvery, "the steps between charts");
    }

    /** Of a run that begins. */
    public ClassifierConfig(
            ClassifierForm classifier, String data, OptimizerSettings optimizer, Course course) {
        this(
                classifier,
                data,
                optimizer,
                course.batch(),
                course.steps(),
                course.seed(),
                course.saveEvery(),
                course.sampleEvery(),
                course.begunSteps());
    }

    @Override
    public Course course() {
        return new Course(batch, steps, seed, saveEvery, sampleEvery, begunSteps);
    }

    public ClassifierConfig withSteps(long newSteps) {
        return new ClassifierConfig(
                classifier,
                data,
                optimizer,
                batch,
                newSteps,
                seed,
                saveEvery,
                sampleEvery,
                begunSteps);
    }

    @Override
    public String describe() {
        return classifier.describe();
    }

    @Override
    public Map<String, String> networkMetadata() {
        return Map.of(ClassifierForm.KEY, SettingsJson.write(classifier).strip());
    }

    @Override
    public void requireNetworkOf(SafetensorsFile file) {
        ClassifierForm other = ClassifierForm.of(file);
        if (!other.equals(classifier)) {
            throw new GetjException(
                    "%s holds a %s, but the run trains a %s"
                            .formatted(file.path(), other.describe(), classifier.describe()));
        }
    }

    @Override
    public String items() {
        return "images";
    }

    @Override
    public String json() {
        return SettingsJson.versioned(this);
    }

    /**
     * Reads what {@link #json} wrote.
     *
     * @param source where it stands, for the error message
     * @throws GetjException if it is damaged
     */
    public static ClassifierConfig parse(String json, String source) {
        return SettingsJson.parse(ClassifierConfig.class, json, source);
    }
}
