package dev.getj.diffusion;

import dev.getj.data.Progress;
import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.NoiseStream;

/**
 * Images of a teacher from seeded noise. Image i of seed s starts from the noise that pair i of
 * seed s would, whatever the batch.
 */
public final class TeacherSamples {
    private final Denoiser teacher;
    private final HeunSampler sampler;
    private final Tensor noise;
    private final IntTensor key;
    private final Program draw;

    /**
     * @param teacher made before, so that everything is recorded before anything runs
     */
    public TeacherSamples(Backend backend, Denoiser teacher, HeunSampler sampler) {
        this.teacher = teacher;
        this.sampler = sampler;
        noise = backend.allocate(TrainedDenoiser.BATCH, teacher.elements());
        key = backend.allocateInts(StateOp.NORMAL_KEY);
        draw = backend.record("noise", k -> k.normal(key, noise));
    }

    /**
     * Draws images.
     *
     * @param first number of the first image
     * @param labels a class for each image; their number is that of the images
     * @return [count, C, S, S], not clipped
     */
    public float[] draw(long seed, long first, int[] labels, Progress progress) {
        int elements = teacher.elements();
        float[] images = new float[Math.multiplyExact(labels.length, elements)];
        float[] latents = new float[noise.size()];
        int[] batch = new int[TrainedDenoiser.BATCH];
        for (int done = 0; done < labels.length; done += batch.length) {
            int count = Math.min(batch.length, labels.length - done);
            key.set(NoiseStream.NOISE.key(seed, first + done));
            draw.run();
            noise.get(latents);
            System.arraycopy(labels, done, batch, 0, count);
            double[] made = sampler.sample(teacher, latents, batch, count);
            for (int e = 0; e < made.length; e++) {
                images[done * elements + e] = (float) made[e];
            }
            progress.at(done + count, labels.length);
        }
        return images;
    }
}
