package dev.getj.cli;

import picocli.CommandLine.TypeConversionException;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Paths as users type them. A shell leaves the tilde in {@code --out=~/runs} alone, and a variable
 * that is not set becomes an empty word, which would be the current folder.
 */
final class UserPath {
    private UserPath() {}

    /** The path of an option or argument. */
    static Path of(String typed) {
        try {
            return Path.of(text(typed));
        } catch (InvalidPathException problem) {
            throw new TypeConversionException("'" + typed + "' is no path: " + problem.getReason());
        }
    }

    /** The same as text, for what may be something else than a path. */
    static String text(String typed) {
        if (typed.isBlank()) {
            throw new TypeConversionException(
                    "it is empty; is a variable of the shell not set? '.' is this folder");
        }
        boolean home = typed.equals("~") || typed.startsWith("~/");
        return home ? System.getProperty("user.home") + typed.substring(1) : typed;
    }
}
