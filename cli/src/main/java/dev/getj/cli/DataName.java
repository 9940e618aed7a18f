package dev.getj.cli;

import picocli.CommandLine.ITypeConverter;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Data as users type it, {@code folder:~/pictures,size=32}: a shell leaves a tilde behind a colon
 * alone. Paths without a kind, which {@code --images} takes too, are as in {@link UserPath}.
 */
final class DataName implements ITypeConverter<String> {
    private static final Pattern KIND =
            Pattern.compile("([a-z0-9]+:)(~(?:[/,].*)?)", Pattern.DOTALL);

    @Override
    public String convert(String typed) {
        Matcher matcher = KIND.matcher(typed);
        if (!matcher.matches()) {
            return UserPath.text(typed);
        }
        // a comma of the path is written twice
        String home = UserPath.text("~").replace(",", ",,");
        return matcher.group(1) + home + matcher.group(2).substring(1);
    }
}
