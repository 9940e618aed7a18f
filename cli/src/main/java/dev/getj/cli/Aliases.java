package dev.getj.cli;

import picocli.CommandLine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Names that other tools give to options: those of PyTorch's training scripts, and those of
 * TorchDEQ. Underscores stand for hyphens in all of them. They are taken but not listed; where a
 * command has an option of that name, it is meant.
 */
final class Aliases {
    private static final Map<String, String> NAMES =
            reversed(
                    Map.ofEntries(
                            Map.entry("--batch", List.of("--batch-size", "--train-batch-size")),
                            Map.entry("--lr", List.of("--learning-rate")),
                            Map.entry("--warmup", List.of("--warmup-steps", "--lr-warmup-steps")),
                            Map.entry("--steps", List.of("--max-steps", "--num-steps")),
                            Map.entry("--sampler-steps", List.of("--num-inference-steps")),
                            Map.entry("--save-every", List.of("--save-steps", "--save-interval")),
                            Map.entry("--weight-decay", List.of("--wd")),
                            Map.entry("--beta1", List.of("--adam-beta1")),
                            Map.entry("--beta2", List.of("--adam-beta2")),
                            Map.entry("--epsilon", List.of("--eps", "--adam-epsilon")),
                            Map.entry("--ema", List.of("--ema-decay")),
                            Map.entry("--count", List.of("--num-samples", "--num-images")),
                            Map.entry("--out", List.of("--output", "--output-dir", "--outdir")),
                            Map.entry("--weights", List.of("--checkpoint", "--ckpt")),
                            Map.entry("--threads", List.of("--num-threads")),
                            Map.entry("--classes", List.of("--num-classes")),
                            Map.entry("--width", List.of("--hidden-size", "--embed-dim")),
                            Map.entry("--heads", List.of("--num-heads")),
                            Map.entry("--patch", List.of("--patch-size")),
                            Map.entry("--loss", List.of("--loss-type")),
                            Map.entry("--label", List.of("--class", "--class-label")),
                            // as in TorchDEQ's arguments
                            Map.entry("--solver", List.of("--f-solver")),
                            Map.entry("--max-iterations", List.of("--f-max-iter", "--max-iter")),
                            Map.entry("--tol", List.of("--f-tol")),
                            Map.entry("--stop", List.of("--f-stop-mode", "--stop-mode")),
                            Map.entry("--backward-solver", List.of("--b-solver")),
                            Map.entry("--backward-max-iterations", List.of("--b-max-iter")),
                            Map.entry("--backward-tol", List.of("--b-tol")),
                            Map.entry("--gradient-damping", List.of("--tau")),
                            Map.entry("--jacobian-penalty", List.of("--jac-loss-weight"))));

    private Aliases() {}

    private static Map<String, String> reversed(Map<String, List<String>> names) {
        Map<String, String> aliases = new HashMap<>();
        names.forEach((ours, others) -> others.forEach(other -> aliases.put(other, ours)));
        return Map.copyOf(aliases);
    }

    /** The name that {@code command} has for an option; {@code typed} if it has none. */
    static String name(CommandLine command, String typed) {
        if (command.getCommandSpec().findOption(typed) != null) {
            return typed;
        }
        String hyphens = typed.replace('_', '-');
        if (command.getCommandSpec().findOption(hyphens) != null) {
            return hyphens;
        }
        String ours = NAMES.get(hyphens);
        return ours != null && command.getCommandSpec().findOption(ours) != null ? ours : typed;
    }

    /** All other names, each with ours. */
    static Map<String, String> all() {
        return NAMES;
    }
}
