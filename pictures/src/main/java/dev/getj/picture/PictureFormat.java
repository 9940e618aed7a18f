package dev.getj.picture;

import dev.getj.io.GetjException;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What kind of picture a file holds, by its first bytes; its name does not matter. */
enum PictureFormat {
    PNG("png"),
    JPEG("jpeg"),
    BMP("bmp"),
    GIF("gif");

    /** What is read, for messages. */
    static final String NAMES = "PNG, JPEG, BMP and GIF";

    private static final int LONGEST_SIGNATURE = 48;

    private final String java;

    PictureFormat(String java) {
        this.java = java;
    }

    /** What Java's registry of readers calls it. */
    String java() {
        return java;
    }

    /**
     * @param label of the file, for the message
     * @throws GetjException saying what else it is, if it is no picture that is read
     */
    static PictureFormat of(String label, byte[] bytes) {
        String head =
                new String(
                        Arrays.copyOf(bytes, Math.min(bytes.length, LONGEST_SIGNATURE)),
                        StandardCharsets.ISO_8859_1);
        if (head.startsWith("\u0089PN")) {
            return PNG;
        }
        if (head.startsWith("\u00ff\u00d8")) {
            return JPEG;
        }
        if (head.startsWith("BM")) {
            return BMP;
        }
        if (head.startsWith("GIF8")) {
            return GIF;
        }
        throw new GetjException(
                "%s is %s; %s pictures are read".formatted(label, other(head), NAMES));
    }

    private static String other(String head) {
        if (head.isEmpty()) {
            return "empty";
        }
        if (head.startsWith("RIFF") && head.startsWith("WEBP", 8)) {
            return "a WebP picture, which is not read";
        }
        if (head.startsWith("II*\0") || head.startsWith("MM\0*")) {
            return "a TIFF picture, which is not read";
        }
        if (head.startsWith("ftyp", 4)) {
            return "an AVIF or HEIC picture or a film, which is not read";
        }
        if (head.startsWith("\0\0\0\fJXL") || head.startsWith("\u00ff\n")) {
            return "a JPEG XL picture, which is not read";
        }
        if (head.startsWith("version https://git-lfs")) {
            return "a pointer of Git LFS, not the picture; fetch it with git lfs pull";
        }
        if (head.stripLeading().startsWith("<")) {
            return "an HTML or XML page, not a picture";
        }
        return "no picture";
    }
}
