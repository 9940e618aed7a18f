package dev.getj.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import dev.getj.io.GetjException;
import dev.getj.train.distributed.RankException;
import dev.getj.train.distributed.Ranks;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Compares settings before training: those of all processes, and those of a run with the command
 * that resumes it.
 */
public final class Agreement {
    /** Settings that say where something lies, the content of which is compared. */
    private static final Set<String> PLACES =
            Set.of("pairs", "data", "fresh.teacher", "fresh.guide", "feature_loss.classifier");

    /** What a command that resumes a run may have otherwise; weights were compared before. */
    private static final Set<String> FREE =
            Set.of(
                    "pairs",
                    "data",
                    "steps",
                    "begun_steps",
                    "sha256.teacher",
                    "sha256.guide",
                    "sha256.classifier");

    private Agreement() {}

    /**
     * Compares settings and data of all ranks. Where the data lie may differ.
     *
     * @param data a check sum of the data
     * @throws RankException naming the first difference
     */
    public static void require(Ranks ranks, RunSettings settings, String data) {
        if (ranks.size() == 1) {
            return;
        }
        SortedMap<String, String> facts = facts(settings.json());
        facts.keySet().removeAll(PLACES);
        facts.put("the content of the " + settings.items(), data);
        ranks.requireSame(facts);
    }

    /**
     * Compares a run with a command that would begin it.
     *
     * @param root its folder
     * @param open names of settings that the command leaves open, of which the run keeps its own
     * @throws GetjException naming the first setting that differs; the steps and the place of the
     *     data may
     */
    public static void requireAsBegun(
            Path root, RunSettings run, RunSettings command, Set<String> open) {
        SortedMap<String, String> begun = facts(run.json());
        SortedMap<String, String> wanted = facts(command.json());
        wanted.keySet().removeAll(FREE);
        wanted.keySet().removeAll(open);
        for (Map.Entry<String, String> setting : wanted.entrySet()) {
            String before = begun.getOrDefault(setting.getKey(), "not there");
            if (!before.equals(setting.getValue())) {
                throw new GetjException(
                        "%s holds a run whose %s is %s, not %s; give the options that it was begun with, or another --out"
                                .formatted(root, setting.getKey(), before, setting.getValue()));
            }
        }
    }

    /** The values of a configuration by their place in it, such as {@code optimizer.beta1}. */
    static SortedMap<String, String> facts(String json) {
        SortedMap<String, String> facts = new TreeMap<>();
        try {
            add("", SettingsJson.mapper().build().readTree(json), facts);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
        return facts;
    }

    private static void add(String name, JsonNode node, SortedMap<String, String> facts) {
        if (node.isObject()) {
            node.properties()
                    .forEach(
                            each ->
                                    add(
                                            name.isEmpty()
                                                    ? each.getKey()
                                                    : name + "." + each.getKey(),
                                            each.getValue(),
                                            facts));
        } else {
            facts.put(name, node.toString());
        }
    }
}
