package dev.getj.cli;

import dev.getj.io.GetjException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The GPUs that CUDA shows to a process, as {@code CUDA_VISIBLE_DEVICES} names them. */
final class VisibleGpus {
    private static final Path ALL = Path.of("/proc/driver/nvidia/gpus");

    private VisibleGpus() {}

    /**
     * The first so many.
     *
     * @throws GetjException if there are fewer
     */
    static List<String> first(int count) {
        List<String> all = all();
        if (all.size() < count) {
            throw new GetjException(
                    "%s processes need as many GPUs, but %s to be seen here; lower --processes"
                            .formatted(count, all.size() == 1 ? "1 is" : all.size() + " are"));
        }
        return all.subList(0, count);
    }

    private static List<String> all() {
        String visible = System.getenv("CUDA_VISIBLE_DEVICES");
        if (visible != null) {
            return Stream.of(visible.split(",")).filter(each -> !each.isBlank()).toList();
        }
        try (Stream<Path> gpus = Files.list(ALL)) {
            return IntStream.range(0, (int) gpus.count()).mapToObj(Integer::toString).toList();
        } catch (IOException none) {
            return List.of();
        }
    }
}
