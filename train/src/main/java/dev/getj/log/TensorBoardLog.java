package dev.getj.log;

import dev.getj.io.GetjException;
import dev.getj.io.ProtoMessage;
import dev.getj.io.RegularFile;
import dev.getj.train.Metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * An event file for TensorBoard in the folder of a run, one a session: {@code tensorboard --logdir
 * runs} shows each run under its name. Scalars have the keys of {@code metrics.jsonl} as tags,
 * sample grids the tag {@code samples}, and {@code config.json} is the text {@code config}.
 */
final class TensorBoardLog implements RunLog {
    /** TensorBoard looks for files whose names have this in it. */
    private static final String PREFIX = "events.out.tfevents.";

    private static final int LARGEST_PICTURE = 1 << 28;
    private static final long FLUSH_MILLISECONDS = 2000;

    private final InstantSource clock;
    private final RecordFile events;
    private long flushed;

    /**
     * @param step done before this session
     * @param config settings of the run, as JSON
     */
    TensorBoardLog(Path run, long step, String config, InstantSource clock) {
        this.clock = clock;
        events = new RecordFile(unusedName(run, clock.millis() / 1000));
        events.add(Events.version(wallTime()));
        events.add(Events.start(wallTime(), step + 1));
        // Markdown: a block of code is indented by a tab
        String code = config.lines().map(line -> "\t" + line + "\n").reduce("", String::concat);
        add(step, List.of(Events.text("config", code)));
        events.flush();
    }

    private static Path unusedName(Path run, long seconds) {
        return Stream.iterate(0, i -> i + 1)
                .map(i -> String.format(Locale.ROOT, "%s%010d.%d.getj", PREFIX, seconds, i))
                .map(name -> RegularFile.inside(run, name))
                .filter(file -> !Files.exists(file))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void add(Metrics.Line line) {
        add(
                line.step(),
                Metrics.values(line).entrySet().stream()
                        .map(value -> Events.scalar(value.getKey(), value.getValue()))
                        .toList());
        long now = clock.millis();
        if (now - flushed >= FLUSH_MILLISECONDS) {
            flushed = now;
            events.flush();
        }
    }

    @Override
    public void addPicture(long step, Path picture) {
        try {
            if (Files.size(picture) <= LARGEST_PICTURE) {
                add(step, List.of(Events.image("samples", Files.readAllBytes(picture))));
                events.flush();
            }
        } catch (IOException e) {
            throw GetjException.reading(picture, e);
        }
    }

    private void add(long step, List<ProtoMessage> values) {
        events.add(Events.summary(wallTime(), step, values));
    }

    private double wallTime() {
        return clock.millis() / 1000.0;
    }

    @Override
    public void close() {
        events.close();
    }
}
