package dev.getj.io;

/**
 * Text that may come from a file (names of tensors, metadata, paths), made fit for a terminal:
 * control characters, with which a file could move the cursor, set the window's title or hide what
 * was printed, become visible. These are C0, DEL and C1 (ISO 6429), Unicode's line and paragraph
 * separators, and its marks that change the direction of text.
 */
public final class Printable {
    private Printable() {}

    /**
     * One line: tabs and line ends become a space, other controls are written as {@code \u001b}.
     */
    public static String line(String text) {
        return escaped(text, false);
    }

    /** The same of a text of several lines, whose line ends and tabs are kept. */
    public static String lines(String text) {
        return escaped(text, true);
    }

    private static String escaped(String text, boolean keepsLines) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean layout = c == '\n' || c == '\t' || c == '\r';
            if (layout && keepsLines && c != '\r') {
                out.append(c);
            } else if (layout) {
                if (out.isEmpty() || out.charAt(out.length() - 1) != ' ') {
                    out.append(' ');
                }
            } else if (isControl(c)) {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static boolean isControl(char c) {
        return Character.isISOControl(c)
                || c >= '\u2028' && c <= '\u202e' // separators, embeddings and overrides
                || c >= '\u2066' && c <= '\u2069' // isolates
                || c == '\u200e'
                || c == '\u200f'
                || c == '\ufeff';
    }
}
