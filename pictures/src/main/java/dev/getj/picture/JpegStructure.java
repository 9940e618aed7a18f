package dev.getj.picture;

import dev.getj.io.GetjException;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The segments of a JPEG file, read before a decoder is: whether it is whole, how many scans it
 * has, and what its components mean. Colours follow libjpeg's rules (jdapimin.c, {@code
 * default_decompress_parms}), which Pillow and most programs use; Java's own differ for files
 * without a JFIF segment.
 *
 * @param components 1 to 4
 * @param colours what three components are
 * @param picture the file without application segments and comments: profiles, tags, thumbnails
 */
record JpegStructure(int components, Colours colours, byte[] picture) {
    /** What three components of a JPEG file may be. */
    enum Colours {
        YCBCR,
        RGB
    }

    /** A progressive file has about ten; each takes as long as a whole picture. */
    static final int MAX_SCANS = 100;

    private static final int SOI = 0xD8;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int APP0 = 0xE0;
    private static final int APP14 = 0xEE;
    private static final int APP15 = 0xEF;
    private static final int COM = 0xFE;
    private static final int JFIF_BYTES = 16;
    private static final int ADOBE_BYTES = 14;

    /** Walks over the segments of one file. */
    private static final class Walk {
        private final String label;
        private final byte[] bytes;
        private final ByteArrayOutputStream picture;
        private int at = 2;
        private int scans;
        private int[] ids = {};
        private boolean jfif;
        private int adobe = -1;

        private Walk(String label, byte[] bytes) {
            this.label = label;
            this.bytes = bytes;
            this.picture = new ByteArrayOutputStream(bytes.length);
            picture.write(bytes, 0, 2);
        }

        /** The next marker; {@code at} is behind it. */
        private int marker() {
            while (at + 1 < bytes.length) {
                int code = bytes[at + 1] & 0xFF;
                if (bytes[at] == (byte) 0xFF && code != 0 && code != 0xFF) {
                    at += 2;
                    return code;
                }
                at++;
            }
            throw cutOff();
        }

        private GetjException cutOff() {
            return new GetjException(
                    label + " is a damaged picture: it is cut off, its end marker is missing");
        }

        private JpegStructure all() {
            for (int marker = marker(); marker != EOI; marker = marker()) {
                if (marker == SOI || marker == 1 || isRestart(marker)) {
                    continue;
                }
                if (at + 2 > bytes.length) {
                    throw cutOff();
                }
                int length = word(at);
                if (length < 2 || at + length > bytes.length) {
                    throw cutOff();
                }
                segment(marker, at, length);
                if (marker < APP0 || marker > APP15 && marker != COM) {
                    picture.write(bytes, at - 2, length + 2);
                }
                at += length;
                if (marker == SOS) {
                    entropy();
                }
            }
            if (scans == 0 || ids.length == 0) {
                throw new GetjException(label + " is a damaged picture: it holds no scan");
            }
            picture.write(0xFF);
            picture.write(EOI);
            return new JpegStructure(ids.length, colours(), picture.toByteArray());
        }

        private void segment(int marker, int from, int length) {
            boolean frame =
                    marker >= 0xC0
                            && marker <= 0xCF
                            && marker != 0xC4
                            && marker != 0xC8
                            && marker != 0xCC;
            if (frame) {
                frame(from, length);
            } else if (marker == SOS && ++scans > MAX_SCANS) {
                throw new GetjException(
                        "%s has more than %s scans, more than encoders write; save the picture again"
                                .formatted(label, MAX_SCANS));
            } else if (scans == 0 && marker == APP0 && length >= JFIF_BYTES) {
                jfif |= text(from + 2, 5).equals("JFIF\0");
            } else if (scans == 0 && marker == APP14 && length >= ADOBE_BYTES) {
                adobe = text(from + 2, 5).equals("Adobe") ? bytes[from + 13] & 0xFF : adobe;
            }
        }

        private void frame(int from, int length) {
            int count = length < 8 ? 0 : bytes[from + 7] & 0xFF;
            if (count < 1 || count > 4 || length != 8 + 3 * count) {
                throw new GetjException(
                        "%s is a damaged picture: a frame of %s components in %s bytes"
                                .formatted(label, count, length));
            }
            ids = new int[count];
            for (int i = 0; i < count; i++) {
                ids[i] = bytes[from + 8 + 3 * i] & 0xFF;
            }
        }

        /** Copies what is coded, up to the next marker that is no restart. */
        private void entropy() {
            int from = at;
            while (at + 1 < bytes.length) {
                int code = bytes[at + 1] & 0xFF;
                if (bytes[at] == (byte) 0xFF && code != 0 && code != 0xFF && !isRestart(code)) {
                    picture.write(bytes, from, at - from);
                    return;
                }
                at++;
            }
            throw cutOff();
        }

        private Colours colours() {
            if (jfif || ids.length != 3) {
                return Colours.YCBCR;
            }
            if (adobe >= 0) {
                return adobe == 0 ? Colours.RGB : Colours.YCBCR;
            }
            return ids[0] == 'R' && ids[1] == 'G' && ids[2] == 'B' ? Colours.RGB : Colours.YCBCR;
        }

        private int word(int from) {
            return (bytes[from] & 0xFF) << 8 | bytes[from + 1] & 0xFF;
        }

        private String text(int from, int length) {
            return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
        }
    }

    /**
     * @param label of the file, for messages
     * @throws GetjException if it is cut off, damaged, or has more than {@link #MAX_SCANS} scans
     */
    static JpegStructure of(String label, byte[] bytes) {
        return new Walk(label, bytes).all();
    }

    private static boolean isRestart(int marker) {
        return marker >= 0xD0 && marker <= 0xD7;
    }

    /** A line of a decoder's message that means lost pixels, not merely odd bytes. */
    static boolean isLoss(String warning) {
        return !(warning.contains("extraneous bytes")
                || warning.contains("Adobe")
                || warning.contains("JFIF")
                || warning.contains("progression"));
    }

    /**
     * Makes red, green and blue of Y, Cb and Cr in place, as libjpeg's integers do (jdcolor.c).
     *
     * @param pixels three values each
     */
    static void toRgb(int[] pixels, int count) {
        for (int at = 0; at < 3 * count; at += 3) {
            int y = pixels[at];
            int cb = pixels[at + 1] - 128;
            int cr = pixels[at + 2] - 128;
            pixels[at] = level(y + (91881 * cr + 32768 >> 16));
            pixels[at + 1] = level(y + (-22554 * cb - 46802 * cr + 32768 >> 16));
            pixels[at + 2] = level(y + (116130 * cb + 32768 >> 16));
        }
    }

    private static int level(int value) {
        return Math.clamp(value, 0, 255);
    }
}
