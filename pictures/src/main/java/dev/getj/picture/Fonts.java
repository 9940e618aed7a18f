package dev.getj.picture;

import dev.getj.io.GetjException;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Optional;

/** Whether this machine has what Java needs to write words into pictures. Servers often do not. */
public final class Fonts {
    private Fonts() {}

    /** What is missing and how to get it; empty where words can be drawn. */
    public static Optional<String> problem() {
        Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        try {
            graphics.getFontMetrics(new Font(Font.SANS_SERIF, Font.PLAIN, 12)).stringWidth("getj");
            return Optional.empty();
        } catch (RuntimeException | LinkageError | InternalError noFonts) {
            return Optional.of(
                    "charts cannot be drawn, because Java finds no fonts: install fontconfig and a"
                            + " font, such as Debian's fonts-dejavu-core");
        } finally {
            graphics.dispose();
        }
    }

    /**
     * Checks that words can be drawn.
     *
     * @throws GetjException if not
     */
    public static void require() {
        problem()
                .ifPresent(
                        problem -> {
                            throw new GetjException(problem);
                        });
    }
}
