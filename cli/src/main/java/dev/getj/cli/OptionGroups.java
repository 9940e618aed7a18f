package dev.getj.cli;

import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The options in a command's help, by what they are about: first the command's own, then those that
 * it shares with others, each kind under its heading.
 */
final class OptionGroups {
    private static final String OWN = "Options";
    private static final String LAST = "All commands";

    /** Headings of the options that commands share, by the class that has them. */
    private static final Map<Class<?>, String> HEADINGS =
            Map.ofEntries(
                    Map.entry(ModelOptions.class, "Network"),
                    Map.entry(TeacherModelOptions.class, "Network"),
                    Map.entry(ObjectiveOptions.class, "Objective"),
                    Map.entry(FeatureLossOptions.class, "Objective"),
                    Map.entry(SolverOptions.class, "Solver of the equilibrium"),
                    Map.entry(RunOptions.class, "Run"),
                    Map.entry(OptimizerOptions.class, "Optimiser"),
                    Map.entry(FeatureOptions.class, "Features"),
                    Map.entry(TeacherOptions.class, "Teacher"),
                    Map.entry(FreshOptions.class, "Fresh pairs"),
                    Map.entry(StudyPairSet.class, "Other images"),
                    Map.entry(CommonOptions.class, LAST));

    private OptionGroups() {}

    /** Lets {@code command} and the commands below it list their options so. */
    static void install(CommandLine command) {
        command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING, _ -> "");
        command.getHelpSectionMap()
                .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, OptionGroups::list);
        command.getSubcommands().values().forEach(OptionGroups::install);
    }

    private static String list(Help help) {
        StringBuilder text = new StringBuilder();
        groups(help.commandSpec())
                .forEach(
                        (heading, options) ->
                                text.append("%n%s:%n".formatted(heading))
                                        .append(help.optionListExcludingGroups(options)));
        return text.toString();
    }

    /** The options that are shown, under their headings; each in one group. */
    static Map<String, List<OptionSpec>> groups(CommandSpec command) {
        Map<String, String> headings = new LinkedHashMap<>();
        name(command, OWN, headings);
        Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
        groups.put(OWN, new ArrayList<>());
        List<OptionSpec> last = new ArrayList<>();
        for (OptionSpec option : command.options()) {
            if (option.hidden()) {
                continue;
            }
            String heading = heading(option, headings);
            (heading.equals(LAST) ? last : groups.computeIfAbsent(heading, _ -> new ArrayList<>()))
                    .add(option);
        }
        groups.values().removeIf(List::isEmpty);
        groups.computeIfAbsent(groups.isEmpty() ? OWN : LAST, _ -> new ArrayList<>()).addAll(last);
        return groups;
    }

    // --help and --version are every command's, as what CommonOptions has
    private static String heading(OptionSpec option, Map<String, String> headings) {
        return option.usageHelp() || option.versionHelp()
                ? LAST
                : headings.getOrDefault(option.longestName(), OWN);
    }

    private static void name(CommandSpec spec, String heading, Map<String, String> headings) {
        spec.mixins()
                .forEach(
                        (_, mixin) -> {
                            String own =
                                    HEADINGS.getOrDefault(mixin.userObject().getClass(), heading);
                            for (ArgSpec argument : mixin.options()) {
                                headings.put(((OptionSpec) argument).longestName(), own);
                            }
                            name(mixin, own, headings);
                        });
    }
}
