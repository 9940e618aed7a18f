package dev.getj.diffusion;

import dev.getj.data.PairsDescription;
import dev.getj.data.Progress;
import dev.getj.kernels.Backend;
import dev.getj.train.distributed.Ranks;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * Pairs from a teacher.
 *
 * @param steps noise levels of the Heun sampler
 * @param batch images made at once
 */
public record TeacherPairs(Teacher teacher, int steps, int batch) implements PairMaker {
    @Override
    public PairsDescription description(long count, long seed) {
        Map<String, String> settings = new TreeMap<>(teacher.settings());
        settings.put("steps", Integer.toString(steps));
        return new PairsDescription(
                count,
                teacher.channels(),
                teacher.size(),
                teacher.classes(),
                "%s, %s Heun steps".formatted(teacher.name(), steps),
                seed,
                settings,
                teacher.classNames());
    }

    @Override
    public long generate(
            Backend backend,
            Ranks ranks,
            Path folder,
            PairsDescription description,
            Progress progress,
            BooleanSupplier stop) {
        return new PairGenerator(backend, teacher, new HeunSampler(steps), batch)
                .generate(ranks, folder, description, progress, stop);
    }
}
