package dev.getj.diffusion;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.model.ConfigJson;
import dev.getj.model.ModelConfig;
import dev.getj.model.WeightsFile;
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
 * @param data what it learns from, as {@link dev.getj.data.DataSpec} reads it
 * @param sigmaData standard deviation of the data that the preconditioning assumes
 * @param flips whether images are mirrored left to right at random
 * @param schedule of the learning rate after the warm-up
 * @param batch images of one step
 * @param steps at which the run is complete
 * @param seed of initial weights, order of the images, noise, its levels and flips
 * @param recompute trade time for memory
 * @param saveEvery steps between checkpoints
 * @param sampleEvery steps between sample grids
 */
public record TeacherConfig(
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
        long sampleEvery)
        implements RunSettings {
    static final String SIGMA_DATA = "sigma_data";

    /**
     * @throws IllegalArgumentException naming the first value outside its range
     */
    public TeacherConfig {
        if (teacher.kind() instanceof ModelConfig.Get) {
            throw new IllegalArgumentException(
                    "a teacher is a ViT, without equilibrium blocks, not " + teacher.describe());
        }
        if (!(sigmaData > 0 && Double.isFinite(sigmaData))) {
            throw new IllegalArgumentException(
                    "the standard deviation of the data must be positive, not " + sigmaData);
        }
        RunSettings.requireBatch(batch, teacher.pixels());
        RunSettings.require(steps, "the number of steps");
        RunSettings.require(saveEvery, "the steps between checkpoints");
        RunSettings.require(sampleEvery, "the steps between sample grids");
    }

    public TeacherConfig withSteps(long newSteps) {
        return new TeacherConfig(
                teacher,
                data,
                sigmaData,
                flips,
                optimizer,
                schedule,
                batch,
                newSteps,
                seed,
                recompute,
                saveEvery,
                sampleEvery);
    }

    /** The preconditioning. */
    public Edm edm() {
        return new Edm(sigmaData);
    }

    @Override
    public double rate(long step) {
        return schedule.rate(optimizer, step, steps);
    }

    @Override
    public String describe() {
        return "teacher " + teacher.describe();
    }

    @Override
    public Map<String, String> networkMetadata() {
        return new TreeMap<>(
                Map.of(
                        WeightsFile.DENOISER,
                        ConfigJson.write(teacher),
                        SIGMA_DATA,
                        Double.toString(sigmaData)));
    }

    @Override
    public void requireNetworkOf(SafetensorsFile file) {
        TrainedDenoiser.Form form = TrainedDenoiser.Form.of(file);
        if (!form.model().equals(teacher) || form.edm().sigmaData() != sigmaData) {
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
        return SettingsJson.versioned(this);
    }

    /**
     * Reads what {@link #json} wrote.
     *
     * @param source where it stands, for the error message
     * @throws GetjException if it is damaged
     */
    public static TeacherConfig parse(String json, String source) {
        return SettingsJson.parse(TeacherConfig.class, json, source);
    }
}
