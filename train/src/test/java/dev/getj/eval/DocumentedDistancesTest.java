package dev.getj.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.getj.data.ImageData;
import dev.getj.data.Progress;

import org.junit.jupiter.api.Test;

/** The table in docs/evaluation.md, which says what the distances mean. */
class DocumentedDistancesTest {
    private static final int COUNT = 2000;

    private final Features map = new FeatureMap(1, 16);

    private static ImageData digits(String options) {
        return ImageData.open("builtin:strokes," + options);
    }

    private Moments moments(ImageData images) {
        return FeatureSet.of(map, images, COUNT, 0, 1, Progress.NONE).moments();
    }

    private void expect(double documented, double half, ImageData images) {
        try (images;
                ImageData data = digits("seed=2,count=2000")) {
            double distance = FrechetDistance.between(moments(images), moments(data));
            assertEquals(documented, distance, half, images.name());
        }
    }

    private void expect(double documented, double half, DamagedImages.Damage damage) {
        expect(documented, half, new DamagedImages(digits("seed=1,count=2000"), damage));
    }

    @Test
    void theyComeOut() {
        expect(0.086, 0.0005, digits("seed=1,count=2000"));
        expect(0.17, 0.005, new DamagedImages.Noise(0.1));
        expect(0.84, 0.005, new DamagedImages.Noise(0.3));
        expect(2.2, 0.05, new DamagedImages.Noise(0.5));
        expect(3.2, 0.05, new DamagedImages.Blur());
        expect(14.7, 0.05, new OneClass(digits("seed=1,count=20000"), 1));
        expect(43.4, 0.05, new DamagedImages.Destroyed());
    }
}
