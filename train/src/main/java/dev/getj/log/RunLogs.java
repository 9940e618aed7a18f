package dev.getj.log;

import dev.getj.train.Metrics;
import dev.getj.train.RunDirectory;
import dev.getj.train.TrainingListener;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The logs of one session of a run, which is told to another listener, too.
 *
 * <pre>{@code
 * try (RunLogs logs = RunLogs.open(Set.of(LogKind.TENSORBOARD), run, trainer.step(), shown)) {
 *     trainer.train(logs, stop);
 * }
 * }</pre>
 */
public final class RunLogs implements TrainingListener, AutoCloseable {
    private final TrainingListener next;
    private final List<RunLog> logs = new ArrayList<>();
    private long step;

    private RunLogs(TrainingListener next, long step) {
        this.next = next;
        this.step = step;
    }

    /**
     * Begins the files.
     *
     * @param run folder of the run, which is claimed and has its configuration
     * @param step done before this session
     * @param next told of everything
     * @throws dev.getj.io.GetjException if a file cannot be written
     */
    public static RunLogs open(Set<LogKind> kinds, Path run, long step, TrainingListener next) {
        RunLogs logs = new RunLogs(next, step);
        try {
            for (LogKind kind : kinds) {
                logs.logs.add(
                        switch (kind) {
                            case TENSORBOARD ->
                                    new TensorBoardLog(
                                            run,
                                            step,
                                            RunDirectory.configText(run),
                                            InstantSource.system());
                            case CSV -> new CsvLog(run, RunDirectory.metrics(run, step));
                        });
            }
            return logs;
        } catch (RuntimeException | Error failure) {
            logs.close();
            throw failure;
        }
    }

    @Override
    public void step(Metrics.Line line) {
        step = line.step();
        logs.forEach(log -> log.add(line));
        next.step(line);
    }

    @Override
    public void saved(Path checkpoint) {
        next.saved(checkpoint);
    }

    @Override
    public void sampled(Path picture) {
        logs.forEach(log -> log.addPicture(step, picture));
        next.sampled(picture);
    }

    @Override
    public void note(String line) {
        next.note(line);
    }

    @Override
    public String stopReason() {
        return next.stopReason();
    }

    @Override
    public void close() {
        logs.forEach(RunLog::close);
    }
}
