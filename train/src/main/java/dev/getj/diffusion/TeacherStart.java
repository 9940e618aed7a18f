package dev.getj.diffusion;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.model.DenoiserStart;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.model.WeightsFile;
import dev.getj.sample.WeightsLocation;

/** Initial weights of a student from those of a trained teacher; see {@link DenoiserStart}. */
public final class TeacherStart {
    private TeacherStart() {}

    /**
     * Overwrites what the teacher has: blocks, embeddings and the last layer.
     *
     * @param weights of a {@code student}, initialised
     * @throws GetjException if there is no teacher, it is damaged, or its tokens are not those of
     *     the student
     */
    public static void fill(WeightsLocation teacher, ModelConfig student, Parameters weights) {
        try (SafetensorsFile file = teacher.open(WeightsLocation.Network.TEACHER)) {
            TrainedDenoiser.Form form = TrainedDenoiser.Form.of(file);
            String prefix = WeightsFile.prefix(file);
            WeightsFile.require(file, prefix, ParameterTable.denoiser(form.model()));
            double sigma = Edm.SIGMA_MAX;
            DenoiserStart.fill(
                    student,
                    weights,
                    form.model(),
                    name -> file.floats(prefix + name),
                    new DenoiserStart.Level(
                            sigma * form.edm().cIn(sigma),
                            form.edm().cOut(sigma),
                            Edm.cNoise(sigma)));
        } catch (IllegalArgumentException misfit) {
            throw new GetjException(teacher + ": " + misfit.getMessage(), misfit);
        }
    }
}
