package dev.getj.page;

import dev.getj.picture.ImageGrid;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The little that our pages need of HTML: escaping, pictures inside the page, templates, styles. */
public final class Html {
    private static final String THEME = "theme.css";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([a-z-]+)}}");

    private Html() {}

    /** Text for an element or a quoted attribute. */
    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** An {@code img} that holds its own PNG. */
    public static String image(BufferedImage picture, String description) {
        return "<img src=\"data:image/png;base64,%s\" width=\"%s\" height=\"%s\" alt=\"%s\">"
                .formatted(
                        Base64.getEncoder().encodeToString(ImageGrid.png(picture)),
                        picture.getWidth(),
                        picture.getHeight(),
                        escape(description));
    }

    /** The styles of every page: colors of light and dark screens, text, sections. */
    public static String theme() {
        return resource(Html.class, THEME);
    }

    /** A text file of our jar, beside a class. */
    public static String resource(Class<?> beside, String name) {
        try (InputStream file = beside.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /**
     * Puts HTML in place of each <code>{{name}}</code>.
     *
     * @throws IllegalArgumentException if template and values do not name the same places
     */
    public static String fill(String template, Map<String, String> values) {
        var unused = new TreeSet<>(values.keySet());
        String page =
                PLACEHOLDER
                        .matcher(template)
                        .replaceAll(
                                place -> {
                                    String value = values.get(place.group(1));
                                    if (value == null) {
                                        throw new IllegalArgumentException(
                                                "no value for " + place.group());
                                    }
                                    unused.remove(place.group(1));
                                    return Matcher.quoteReplacement(value);
                                });
        if (!unused.isEmpty()) {
            throw new IllegalArgumentException("the template has no place for " + unused);
        }
        return page;
    }
}
