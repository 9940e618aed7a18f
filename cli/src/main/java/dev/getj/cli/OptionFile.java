package dev.getj.cli;

import dev.getj.io.GetjException;
import dev.getj.io.RegularFile;

import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;

/** Files that hold options: {@code @FILE} one word a line, {@code --config FILE} settings. */
final class OptionFile {
    private static final long MOST_BYTES = 1 << 20;

    private OptionFile() {}

    /** A setting of a file, for an option that the command has. */
    record Setting(OptionSpec option, String value) {
        /** As it would be typed; nothing for a switch that is off. */
        List<String> words() {
            String name = option.longestName();
            if (option.arity().max() > 0) {
                return List.of(name + "=" + value);
            }
            return Boolean.parseBoolean(value) ? List.of(name) : List.of();
        }
    }

    /**
     * The words of a file, one a line; empty lines and those that begin with {@code #} say nothing.
     *
     * @throws ParameterException if the file cannot be read
     */
    static List<String> words(CommandLine command, Path file) {
        return text(command, file)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    /**
     * The settings of a file of {@link Properties}, {@code batch = 64} for {@code --batch 64},
     * sorted by name.
     *
     * @throws ParameterException if the file cannot be read, or sets what the command does not have
     */
    static List<Setting> settings(CommandLine command, Path file) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(text(command, file)));
        } catch (IOException | IllegalArgumentException e) {
            throw new ParameterException(command, file + ": " + e.getMessage(), e);
        }
        List<Setting> settings = new ArrayList<>();
        for (String key : new TreeSet<>(properties.stringPropertyNames())) {
            String name = Aliases.name(command, "--" + key);
            OptionSpec option = command.getCommandSpec().findOption(name);
            if (option == null || name.equals(Arguments.CONFIG)) {
                String meant =
                        option == null
                                ? Spelling.meant("--" + key, Spelling.options(command))
                                : " in a file";
                throw new ParameterException(
                        command,
                        "%s: %s has no option --%s%s"
                                .formatted(
                                        file,
                                        command.getCommandSpec().qualifiedName(),
                                        key,
                                        meant));
            }
            String value = properties.getProperty(key).strip();
            if (option.arity().max() == 0 && !value.matches("(?i)true|false")) {
                throw new ParameterException(
                        command, "%s: %s: true or false is needed".formatted(file, key));
            }
            settings.add(new Setting(option, value));
        }
        return settings;
    }

    private static String text(CommandLine command, Path file) {
        try {
            RegularFile.require(file);
            if (Files.size(file) > MOST_BYTES) {
                throw new ParameterException(
                        command, file + ": a file of options has at most 1 MiB");
            }
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new ParameterException(command, file + ": no such file", e);
        } catch (CharacterCodingException e) {
            throw new ParameterException(command, file + ": not a text file in UTF-8", e);
        } catch (IOException e) {
            throw new ParameterException(command, file + ": " + e.getMessage(), e);
        } catch (GetjException e) {
            throw new ParameterException(command, e.getMessage(), e);
        }
    }
}
