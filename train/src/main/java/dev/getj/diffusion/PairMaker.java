package dev.getj.diffusion;

import dev.getj.data.PairsDescription;
import dev.getj.data.Progress;
import dev.getj.kernels.Backend;
import dev.getj.train.distributed.Ranks;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** A teacher and its sampler, ready to make pairs. */
public interface PairMaker {
    /** What a pair set of this teacher says about itself. */
    PairsDescription description(long count, long seed);

    /** Makes a pair set; see {@link PairGenerator#generate}. */
    default long generate(
            Backend backend,
            Path folder,
            PairsDescription description,
            Progress progress,
            BooleanSupplier stop) {
        return generate(backend, Ranks.alone(), folder, description, progress, stop);
    }

    /** Makes this process's part of a pair set; see {@link PairGenerator#generate}. */
    long generate(
            Backend backend,
            Ranks ranks,
            Path folder,
            PairsDescription description,
            Progress progress,
            BooleanSupplier stop);
}
