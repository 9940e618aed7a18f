package dev.getj.diffusion;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.model.ConfigJson;
import dev.getj.model.ModelConfig;
import dev.getj.model.Precision;
import dev.getj.model.WeightsFile;
import dev.getj.train.Computing;
import dev.getj.train.Course;
import dev.getj.train.LabelDropout;
import dev.getj.train.OptimizerSettings;
import dev.getj.train.RateSchedule;
import dev.getj.train.RunSettings;
import dev.getj.train.SettingsJson;

import java.util.Map;
import java.util.TreeMap;

/**
 * Everything needed to repeat the training of a teacher.
 *
 * @param teacher size of the denoiser, a ViT
 * @param examples what it learns from
 * @param schedule of the learning rate after the warm-up
 * @param course how far the run goes; its seed is that of initial weights, order of the images,
 *     noise, its levels and flips
 */
public record TeacherConfig(
        ModelConfig teacher,
        Examples examples,
        OptimizerSettings optimizer,
        RateSchedule schedule,
        Course course,
        Computing computing)
        implements RunSettings {
    static final String SIGMA_DATA = "sigma_data";

    /**
     * What a teacher learns from.
     *
     * @param data images, as {@link dev.getj.data.DataSpec} reads them
     * @param sigmaData standard deviation of the data that the preconditioning assumes
     * @param flips whether images are mirrored left to right at random
     * @param dropout of labels
     */
    public record Examples(String data, double sigmaData, boolean flips, LabelDropout dropout) {
        /**
         * @throws IllegalArgumentException naming the first value outside its range
         */
        public Examples {
            if (!(sigmaData > 0 && Double.isFinite(sigmaData))) {
                throw new IllegalArgumentException(
                        "the standard deviation of the data must be positive, not " + sigmaData);
            }
        }

        /** All of whose labels are told. */
        public Examples(String data, double sigmaData, boolean flips) {
            this(data, sigmaData, flips, LabelDropout.NONE);
        }
    }

    /**
     * @throws IllegalArgumentException naming the first value outside its range
     */
    public TeacherConfig {
        if (teacher.kind() instanceof ModelConfig.Get) {
            throw new IllegalArgumentException(
                    "a teacher is a ViT, without equilibrium blocks, not " + teacher.describe());
        }
        RunSettings.requireBatch(course.batch(), teacher.pixels());
        examples.dropout.requireFit(teacher);
    }

    public TeacherConfig withSteps(long newSteps) {
        return new TeacherConfig(
                teacher, examples, optimizer, schedule, course.withSteps(newSteps), computing);
    }

    public TeacherConfig withPrecision(Precision other) {
        return new TeacherConfig(
                teacher,
                examples,
                optimizer,
                schedule,
                course,
                new Computing(computing.recompute(), other));
    }

    /** The preconditioning. */
    public Edm edm() {
        return new Edm(examples.sigmaData);
    }

    @Override
    public double rate(long step) {
        return schedule.rate(optimizer, step, steps());
    }

    @Override
    public String describe() {
        return RunSettings.describe("teacher " + teacher.describe(), computing.precision());
    }

    @Override
    public Map<String, String> networkMetadata() {
        return new TreeMap<>(
                Map.of(
                        WeightsFile.DENOISER,
                        ConfigJson.write(teacher),
                        SIGMA_DATA,
                        Double.toString(examples.sigmaData)));
    }

    @Override
    public void requireNetworkOf(SafetensorsFile file) {
        TrainedDenoiser.Form form = TrainedDenoiser.Form.of(file);
        if (!form.model().equals(teacher) || form.edm().sigmaData() != examples.sigmaData) {
            throw new GetjException(
                    "%s holds %s, but the run trains %s"
                            .formatted(file.path(), form.model().describe(), teacher.describe()));
        }
    }

    @Override
    public String items() {
        return "images";
    }

    @Override
    public String json() {
        return SettingsJson.versioned(TeacherJson.of(this));
    }

    /**
     * Reads what {@link #json} wrote.
     *
     * @param source where it stands, for the error message
     * @throws GetjException if it is damaged
     */
    public static TeacherConfig parse(String json, String source) {
        TeacherJson read = SettingsJson.parse(TeacherJson.class, json, source);
        return SettingsJson.made(read::config, source);
    }
}
