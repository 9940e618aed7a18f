package dev.getj.diffusion;

import dev.getj.data.PairsDescription;
import dev.getj.data.PairsWriter;
import dev.getj.data.Progress;
import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.NoiseStream;
import dev.getj.train.distributed.Ranks;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * Makes pairs with a teacher. Pair i of seed s always has the same noise (sample i of the backend's
 * generator, stream 0) and, in a conditional set, the class i mod K, whatever the count and the
 * batch size.
 */
public final class PairGenerator {
    private final Backend backend;
    private final Denoiser teacher;
    private final HeunSampler sampler;
    private final int batch;

    /**
     * @param batch pairs made at once
     */
    public PairGenerator(Backend backend, Denoiser teacher, HeunSampler sampler, int batch) {
        if (batch < 1) {
            throw new IllegalArgumentException("the batch must be at least 1, not " + batch);
        }
        this.backend = backend;
        this.teacher = teacher;
        this.sampler = sampler;
        this.batch = batch;
    }

    /** As below, by one process. */
    public long generate(
            Path folder, PairsDescription description, Progress progress, BooleanSupplier stop) {
        return generate(Ranks.alone(), folder, description, progress, stop);
    }

    /**
     * Writes a set, or resumes one of the same description that was not finished; see {@link
     * PairsWriter#resuming}. Several processes write shards in turn, the same as one would.
     *
     * @param ranks the processes, which see the same folder
     * @param description of the set to be made: count, shape, classes and seed
     * @param stop asked after each batch; true leaves the set unfinished
     * @return pairs that are in the folder, of all processes
     * @throws dev.getj.io.GetjException if the folder holds another set already or cannot be
     *     written, or the teacher diverges
     * @throws IllegalArgumentException if the teacher makes other images or knows other classes
     */
    public long generate(
            Ranks ranks,
            Path folder,
            PairsDescription description,
            Progress progress,
            BooleanSupplier stop) {
        if (teacher.elements() != description.elements()
                || teacher.classes() != description.classes()) {
            throw new IllegalArgumentException(
                    "the teacher makes images of %s floats in %s classes, the description says %s and %s"
                            .formatted(
                                    teacher.elements(),
                                    teacher.classes(),
                                    description.elements(),
                                    description.classes()));
        }
        Tensor noise = backend.allocate(batch, description.elements());
        IntTensor key = backend.allocateInts(StateOp.NORMAL_KEY);
        Program draw = backend.record("noise", k -> k.normal(key, noise));
        float[] latents = new float[noise.size()];
        float[] images = new float[noise.size()];
        int[] labels = new int[batch];
        try (PairsWriter writer = writer(ranks, folder, description)) {
            while (writer.next() < description.count() && !stop.getAsBoolean()) {
                ranks.requireAll();
                long first = writer.next();
                // batches begin where shards do, so that they are the same after an interruption
                int room = Math.min(batch, writer.room());
                int count = (int) Math.min(room, description.count() - first);
                key.set(NoiseStream.NOISE.key(description.seed(), first));
                draw.run();
                noise.get(latents);
                for (int i = 0; i < count && description.classes() > 0; i++) {
                    labels[i] = (int) ((first + i) % description.classes());
                }
                double[] made = sampler.sample(teacher, latents, labels, count);
                for (int e = 0; e < made.length; e++) {
                    images[e] = (float) made[e];
                }
                writer.add(latents, images, labels, count);
                progress.at(
                        Math.min(writer.written() * ranks.size(), description.count()),
                        description.count());
            }
            // the last shard is whole before the set is
            writer.save();
            long made = Math.round(ranks.sum(writer.written()));
            if (ranks.first() && made == description.count()) {
                writer.finish();
            }
            return made;
        }
    }

    private static PairsWriter writer(Ranks ranks, Path folder, PairsDescription description) {
        ranks.requireSame(description.facts());
        if (ranks.first()) {
            PairsWriter writer = PairsWriter.sharing(folder, description, 0, ranks.size());
            ranks.fromFirst(() -> "the folder is claimed");
            return writer;
        }
        ranks.fromFirst(() -> "");
        return PairsWriter.sharing(folder, description, ranks.number(), ranks.size());
    }
}
