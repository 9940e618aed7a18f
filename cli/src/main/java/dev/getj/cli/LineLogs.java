package dev.getj.cli;

import dev.getj.io.Printable;

import java.text.MessageFormat;
import java.util.ResourceBundle;

/**
 * What libraries log becomes lines for the user on standard error, from warnings upwards. Found by
 * Java as a service; in other programs their own logging takes its place.
 */
public final class LineLogs extends System.LoggerFinder {
    private static final String OURS = "dev.getj.";

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new LineLog(name);
    }

    private record LineLog(String name) implements System.Logger {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return level == Level.WARNING || level == Level.ERROR;
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
            print(level, message);
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
            boolean plain = parameters == null || parameters.length == 0;
            print(level, plain ? format : MessageFormat.format(format, parameters));
        }

        private void print(Level level, String message) {
            if (isLoggable(level)) {
                String source = name.startsWith(OURS) ? "" : name + ": ";
                System.err.println("getj: " + source + Printable.line(String.valueOf(message)));
            }
        }
    }
}
