package dev.getj.convert;

import dev.getj.io.GetjException;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The sets of weights in a file: wherever parameters of a network stand under one prefix, whatever
 * it is called. Which one is meant is told by the usual names, or by the user.
 */
final class WeightSets {
    /** A file with any of these under a prefix holds a network there. */
    private static final List<String> TELLING =
            List.of("x_embedder.proj.weight", "final_layer.linear.weight", "pos_embed");

    /** What wrappers of a module put before the names of its parameters. */
    private static final List<String> WRAPPERS = List.of("module.", "_orig_mod.");

    /** In our own checkpoints, what is no weights: moments, and averages to make others of. */
    private static final Set<String> OTHERS = Set.of("exp_avg", "exp_avg_sq", "power.0", "power.1");

    /** Parts of a name that tell averaged weights. */
    private static final Set<String> AVERAGED =
            Set.of("ema", "averaged", "average", "avg", "shadow", "swa");

    /** Names of the weights that an optimiser moves, and of a file that holds nothing else. */
    private static final List<String> USUAL =
            List.of(
                    "",
                    "param",
                    "params",
                    "state_dict",
                    "model",
                    "state_dict.model",
                    "model_state_dict",
                    "model_state",
                    "net",
                    "state_dict.net",
                    "net_state_dict",
                    "network",
                    "weights",
                    "generator",
                    "g",
                    "student",
                    "transformer",
                    "deq");

    /**
     * A set.
     *
     * @param key its name for people, without wrappers; empty if its weights stand alone
     * @param prefix of its names in the file, with its last dot
     */
    record Found(String key, String prefix) {
        /** True for averaged weights, by their name: {@code ema}, {@code model_ema}, … */
        boolean averaged() {
            for (String part : key.toLowerCase(Locale.ROOT).split("[._]")) {
                if (AVERAGED.contains(part)) {
                    return true;
                }
            }
            return false;
        }

        boolean usual() {
            return USUAL.contains(key.toLowerCase(Locale.ROOT));
        }

        String name() {
            return key.isEmpty() ? "weights without a name" : "'" + key + "'";
        }
    }

    private final NamedTensors file;
    private final List<Found> all;

    private WeightSets(NamedTensors file, List<Found> all) {
        this.file = file;
        this.all = all;
    }

    static WeightSets of(NamedTensors file) {
        Map<String, Found> found = new LinkedHashMap<>();
        for (String name : file.tensors().keySet()) {
            for (String telling : TELLING) {
                if (name.equals(telling) || name.endsWith("." + telling)) {
                    String prefix = name.substring(0, name.length() - telling.length());
                    String key = key(prefix);
                    if (!OTHERS.contains(key)) {
                        found.putIfAbsent(prefix, new Found(key, prefix));
                    }
                }
            }
        }
        return new WeightSets(file, List.copyOf(found.values()));
    }

    private static String key(String prefix) {
        String key = prefix;
        boolean stripped = true;
        while (stripped) {
            stripped = false;
            for (String wrapper : WRAPPERS) {
                if (key.equals(wrapper) || key.endsWith("." + wrapper)) {
                    key = key.substring(0, key.length() - wrapper.length());
                    stripped = true;
                }
            }
        }
        return key.endsWith(".") ? key.substring(0, key.length() - 1) : key;
    }

    /** Names of the sets beside one. */
    String others(Found taken) {
        return all.stream()
                .filter(set -> !set.equals(taken))
                .map(Found::name)
                .collect(Collectors.joining(", "));
    }

    /**
     * The set that is meant.
     *
     * @param which null for averaged weights, or the others if there are none
     * @return empty if the file holds no network
     * @throws GetjException if there is none of this name, or several are as likely
     */
    Optional<Found> choose(Conversion.Which which) {
        if (which != null) {
            return named(which);
        }
        if (all.size() < 2) {
            return all.stream().findFirst();
        }
        List<Found> averaged = all.stream().filter(Found::averaged).toList();
        List<Found> usual = all.stream().filter(Found::usual).toList();
        if (!averaged.isEmpty()) {
            return Optional.of(single(averaged, exactly("ema")));
        }
        // weights that stand alone, then those under the first of the usual names
        Optional<Found> first =
                usual.stream().min(Comparator.comparingInt(set -> USUAL.indexOf(set.key())));
        return Optional.of(single(usual, first.filter(set -> set.key().isEmpty())));
    }

    /** The set of exactly this name. */
    Optional<Found> exactly(String key) {
        return all.stream().filter(set -> set.key().equals(key)).findFirst();
    }

    private Found single(List<Found> likely, Optional<Found> preferred) {
        if (preferred.isPresent()) {
            return preferred.get();
        }
        if (likely.size() == 1) {
            return likely.getFirst();
        }
        throw new GetjException(
                "%s holds several sets of weights: %s; say which with --which KEY, for example --which %s"
                        .formatted(file.path(), list(), all.getFirst().key()));
    }

    private String list() {
        return all.stream().map(Found::name).collect(Collectors.joining(", "));
    }

    /** By the whole name, or its last part; {@code ema} and {@code model} by what they are, too. */
    private Optional<Found> named(Conversion.Which which) {
        Optional<Found> exact = exactly(which.key());
        if (exact.isPresent() || all.isEmpty()) {
            return exact;
        }
        Set<Found> fitting = new LinkedHashSet<>();
        for (Found set : all) {
            if (set.key().endsWith("." + which.key())) {
                fitting.add(set);
            }
        }
        if (fitting.isEmpty() && which.equals(Conversion.Which.EMA)) {
            all.stream().filter(Found::averaged).forEach(fitting::add);
        }
        if (fitting.isEmpty() && which.equals(Conversion.Which.MODEL)) {
            all.stream().filter(set -> !set.averaged() && set.usual()).forEach(fitting::add);
        }
        if (fitting.isEmpty() && isGeneral(which)) {
            // weights without a set suit both
            all.stream()
                    .filter(set -> List.of("", "param", "state_dict").contains(set.key()))
                    .forEach(fitting::add);
        }
        if (fitting.isEmpty()) {
            throw new GetjException(
                    "%s holds weights as %s only; take them with --which %s"
                            .formatted(file.path(), list(), all.getFirst().key()));
        }
        return Optional.of(single(new ArrayList<>(fitting), Optional.empty()));
    }

    private static boolean isGeneral(Conversion.Which which) {
        return which.equals(Conversion.Which.EMA) || which.equals(Conversion.Which.MODEL);
    }
}
