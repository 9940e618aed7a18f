package dev.getj.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import dev.getj.io.GetjException;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What a run trains; its {@code config.json} has the network under a name of the kind. */
public enum RunKind {
    STUDENT("model", "train"),
    TEACHER("teacher", "teacher train"),
    CLASSIFIER("classifier", "classifier train");

    private final String network;
    private final String command;

    RunKind(String network, String command) {
        this.network = network;
        this.command = command;
    }

    /**
     * Lets a damaged configuration pass, which its parser tells better.
     *
     * @throws GetjException if it is of another kind of run
     */
    void require(String json, Path run) {
        Optional<RunKind> kind = of(json);
        if (kind.isPresent() && kind.get() != this) {
            throw new GetjException(
                    "%s is a run of getj %s; resume it by getj %s --resume --out %s"
                            .formatted(run, kind.get().command, kind.get().command, run));
        }
    }

    private static Optional<RunKind> of(String json) {
        try {
            JsonNode root = SettingsJson.mapper().build().readTree(json);
            return Stream.of(values()).filter(kind -> root.has(kind.network)).findFirst();
        } catch (JsonProcessingException _) {
            return Optional.empty();
        }
    }
}
