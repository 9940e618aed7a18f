package dev.getj.io;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The literal of a Python dict with strings as keys, cut into its items and not interpreted
 * further: {@code {'descr': '<f4', 'shape': (2, 3), }}. One pass over the text, whatever it is.
 */
final class PythonDict {
    private final String text;
    private int at;

    private PythonDict(String text) {
        this.text = text;
    }

    /**
     * The items by key, values as they are written. What follows something that is no item is left
     * out, so a damaged text lacks keys.
     */
    static Map<String, String> parse(String text) {
        Map<String, String> items = new LinkedHashMap<>();
        PythonDict dict = new PythonDict(text);
        if (!dict.take('{')) {
            return items;
        }
        String key = dict.key();
        while (key != null && dict.take(':')) {
            items.putIfAbsent(key, dict.value());
            key = dict.take(',') ? dict.key() : null;
        }
        return items;
    }

    private boolean take(char expected) {
        skipSpace();
        if (at < text.length() && text.charAt(at) == expected) {
            at++;
            return true;
        }
        return false;
    }

    private void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    /** A string in either quotes, or null. */
    private String key() {
        skipSpace();
        int from = at;
        return skipString() && at - from >= 2 ? text.substring(from + 1, at - 1) : null;
    }

    // no escapes: NumPy's names of fields need none
    private boolean skipString() {
        if (at >= text.length() || text.charAt(at) != '\'' && text.charAt(at) != '"') {
            return false;
        }
        int end = text.indexOf(text.charAt(at), at + 1);
        at = end < 0 ? text.length() : end + 1;
        return end >= 0;
    }

    /** All up to the comma or brace that ends the item, brackets and strings taken as a whole. */
    private String value() {
        int from = at;
        int depth = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (depth == 0 && (c == ',' || c == '}')) {
                break;
            }
            if (c == '\'' || c == '"') {
                skipString();
                continue;
            }
            depth += c == '(' || c == '[' || c == '{' ? 1 : 0;
            depth -= c == ')' || c == ']' || c == '}' ? 1 : 0;
            at++;
        }
        return text.substring(from, at).strip();
    }
}
