package dev.getj.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The words of a command line as picocli takes them: other names of options become getj's ({@link
 * Aliases}), {@code @FILE} becomes the words in it, {@code --config FILE} the options in it, and
 * {@code help COMMAND} becomes {@code COMMAND --help}. An option that the command does not have is
 * refused before anything else is found missing.
 */
final class Arguments {
    static final String CONFIG = "--config";

    /** Enough for any use, and an end for files that name each other. */
    private static final int MOST_FILES = 100;

    private final Deque<String> rest = new ArrayDeque<>();
    private final List<String> words = new ArrayList<>();
    private final Set<OptionSpec> given = new HashSet<>();
    private CommandLine command;
    private int files;

    private Arguments(CommandLine getj) {
        command = getj;
    }

    /**
     * The words to parse instead of {@code typed}.
     *
     * @throws ParameterException if an option is unknown, or a file of options cannot be read
     */
    static List<String> of(CommandLine getj, String... typed) {
        Arguments arguments = new Arguments(getj);
        arguments.rest.addAll(Arrays.asList(typed));
        if (typed.length > 0 && typed[0].equals("help")) {
            arguments.rest.removeFirst();
            arguments.rest.addLast("--help");
        }
        return arguments.read();
    }

    private List<String> read() {
        Path settings = null;
        while (!rest.isEmpty()) {
            String word = rest.removeFirst();
            if (word.equals("--")) {
                words.add(word);
                words.addAll(rest);
                break;
            } else if (word.startsWith("--") || isShortOption(word)) {
                Path file = option(word);
                settings = file == null ? settings : file;
            } else if (isFileOfWords(word)) {
                requireNotTooDeep(word);
                List<String> inside = OptionFile.words(command, path(word.substring(1)));
                inside.reversed().forEach(rest::addFirst);
            } else {
                words.add(word);
                command = command.getSubcommands().getOrDefault(word, command);
            }
        }
        if (settings != null) {
            addMissing(OptionFile.settings(command, settings));
        }
        return words;
    }

    private void requireNotTooDeep(String word) {
        if (++files > MOST_FILES) {
            throw new ParameterException(
                    command, word + ": at most " + MOST_FILES + " files of words are read");
        }
    }

    // where a file's name may be an argument, @FILE is one
    private boolean isFileOfWords(String word) {
        return word.length() > 1
                && word.startsWith("@")
                && command.getSubcommands().isEmpty()
                && command.getCommandSpec().positionalParameters().isEmpty();
    }

    private boolean isShortOption(String word) {
        return command.getCommandSpec().findOption(word) != null;
    }

    /** Takes an option and its value; returns the file that it names if it is --config. */
    private Path option(String word) {
        int equals = word.indexOf('=');
        String typed = equals < 0 ? word : word.substring(0, equals);
        String name = Aliases.name(command, typed);
        OptionSpec option = command.getCommandSpec().findOption(name);
        if (option == null) {
            throw new UnmatchedArgumentException(command, List.of(typed));
        }
        given.add(option);
        String value = equals < 0 ? null : word.substring(equals + 1);
        words.add(value == null ? name : name + "=" + value);
        if (value == null && option.arity().min() > 0 && !rest.isEmpty()) {
            value = rest.removeFirst();
            words.add(value);
        }
        return name.equals(CONFIG) && value != null && !value.isBlank() ? path(value) : null;
    }

    private Path path(String typed) {
        try {
            return UserPath.of(typed);
        } catch (TypeConversionException problem) {
            throw new ParameterException(command, problem.getMessage(), problem);
        }
    }

    // what was typed counts more than what the file says; the options stand before any "--"
    private void addMissing(List<OptionFile.Setting> settings) {
        int end = words.indexOf("--");
        int at = end < 0 ? words.size() : end;
        for (OptionFile.Setting setting : settings) {
            if (given.add(setting.option())) {
                words.addAll(at, setting.words());
            }
        }
    }
}
