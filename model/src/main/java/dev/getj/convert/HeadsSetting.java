package dev.getj.convert;

import dev.getj.io.GetjException;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The number of heads that a file names: {@code num_heads} in any of its settings. A file may hold
 * the settings of several networks, so where numbers differ those in the arguments of the program
 * that made it count, and where these differ the user is asked.
 *
 * @param heads null if the file names none
 * @param overruled other settings that say something else, {@code teacher_cfg.num_heads = 8}
 */
record HeadsSetting(Integer heads, String from, List<String> overruled) {
    private static final String KEY = "num_heads";

    /** What programs call their own arguments. */
    private static final Set<String> OWN =
            Set.of(
                    "args",
                    "opt",
                    "opts",
                    "options",
                    "hparams",
                    "hyper_parameters",
                    "config",
                    "cfg",
                    "model_args",
                    "model_config",
                    "model_cfg",
                    "model_kwargs",
                    "network",
                    "model");

    /** Parts of a name that tell another network. */
    private static final List<String> OTHERS =
            List.of("teacher", "disc", "critic", "encoder", "decoder", "vae", "clip", "text");

    private static final HeadsSetting NONE = new HeadsSetting(null, "", List.of());

    /**
     * @param width that the number divides; what does not is of another network
     * @throws GetjException if several are as likely
     */
    static HeadsSetting of(String file, Map<String, String> settings, int width) {
        Map<String, Integer> told = new LinkedHashMap<>();
        settings.forEach(
                (name, value) -> {
                    if (("." + name).endsWith("." + KEY) && value.matches("[1-9]\\d{0,4}")) {
                        told.put(name, Integer.parseInt(value));
                    }
                });
        if (Set.copyOf(told.values()).size() > 1) {
            told.values().removeIf(heads -> width % heads != 0);
        }
        Map<String, Integer> likely = new LinkedHashMap<>(told);
        if (Set.copyOf(told.values()).size() > 1) {
            likely.keySet().removeIf(name -> !isOwn(name));
        }
        Set<Integer> numbers = Set.copyOf(likely.values());
        if (numbers.size() == 1) {
            int heads = numbers.iterator().next();
            return new HeadsSetting(heads, likely.keySet().iterator().next(), others(told, heads));
        }
        if (told.isEmpty()) {
            return NONE;
        }
        throw new GetjException(
                "%s names several numbers of heads (%s); say which is this network's with --heads"
                        .formatted(file, String.join(", ", others(told, 0))));
    }

    private static List<String> others(Map<String, Integer> told, int but) {
        return told.entrySet().stream()
                .filter(setting -> setting.getValue() != but)
                .map(setting -> setting.getKey() + " = " + setting.getValue())
                .limit(5)
                .collect(Collectors.toList());
    }

    private static boolean isOwn(String name) {
        String small = name.toLowerCase(Locale.ROOT);
        if (OTHERS.stream().anyMatch(small::contains)) {
            return false;
        }
        int dot = small.indexOf('.');
        return dot < 0 || OWN.contains(small.substring(0, dot));
    }
}
