package dev.getj.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import javax.imageio.ImageIO;

class BarsTest {
    @TempDir Path folder;

    @Test
    void everyContenderHasItsColour() throws IOException {
        List<String> groups =
                IntStream.range(0, 36).mapToObj(i -> i + " × 2304, weight gradient").toList();
        List<Double> heights = groups.stream().map(group -> 50.0 + group.length()).toList();
        Path file = folder.resolve("bars.png");
        Bars.write("title", "%", groups, Map.of("a", heights, "b", heights, "c", heights), file);
        BufferedImage picture = ImageIO.read(file.toFile());
        Set<Integer> colours = new HashSet<>();
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                colours.add(picture.getRGB(x, y));
            }
        }
        assertEquals(
                3,
                Set.of(0xFF1D4ED8, 0xFF9CA3AF, 0xFFF59E0B).stream()
                        .filter(colours::contains)
                        .count());
    }
}
