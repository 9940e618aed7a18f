package dev.getj.train.distributed;

import java.nio.charset.StandardCharsets;

/** Strings as messages carry them: UTF-8. */
final class Text {
    private Text() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String of(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
