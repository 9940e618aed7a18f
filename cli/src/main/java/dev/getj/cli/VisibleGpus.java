package dev.getj.cli;

import dev.getj.io.GetjException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The GPUs that CUDA shows to a process, as {@code CUDA_VISIBLE_DEVICES} names them. */
final class VisibleGpus {
    private static final Path DEVICES = Path.of("/dev");
    private static final Pattern GPU = Pattern.compile("nvidia\\d+");

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
        try (Stream<Path> files = Files.list(DEVICES)) {
            long gpus =
                    files.filter(file -> GPU.matcher(file.getFileName().toString()).matches())
                            .count();
            return IntStream.range(0, (int) gpus).mapToObj(Integer::toString).toList();
        } catch (IOException none) {
            return List.of();
        }
    }
}
