package dev.getj.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.data.ImageData;
import dev.getj.data.Strokes;
import dev.getj.diffusion.HeunSampler;
import dev.getj.diffusion.TeacherSamples;
import dev.getj.diffusion.TrainedDenoiser;
import dev.getj.io.DType;
import dev.getj.io.SafetensorsFile;
import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.Samples;
import dev.getj.sample.WeightsLocation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.stream.IntStream;

/** What is shipped is small, has a card, and is as good as its card says, tried on fewer images. */
class ShippedWeightsTest {
    private static final WeightsLocation STROKES = WeightsLocation.parse("builtin:strokes");
    private static final WeightsLocation FASHION = WeightsLocation.parse("builtin:fashion");

    @ParameterizedTest
    @EnumSource
    void filesOfHalvesAreSmallAndHaveCards(WeightsLocation.Network network) throws IOException {
        requireSmallWithCard("strokes", network, 4_000_000);
        requireSmallWithCard("fashion", network, 4_000_000);
    }

    private void requireSmallWithCard(String shipped, WeightsLocation.Network network, int most)
            throws IOException {
        try (SafetensorsFile file = WeightsLocation.parse("builtin:" + shipped).open(network)) {
            long bytes = 0;
            for (String name : file.names()) {
                bytes += file.entry(name).bytes();
                DType expected = name.equals("pos_embed") ? DType.F32 : DType.F16;
                assertEquals(expected, file.entry(name).dtype(), name);
            }
            assertTrue(bytes < most, network + " has " + bytes + " bytes");
            assertNotNull(file.metadata().get("step"));
        }
        String card =
                "/dev/getj/weights/%s-%s.md"
                        .formatted(shipped, network.name().toLowerCase(Locale.ROOT));
        try (InputStream in = getClass().getResourceAsStream(card)) {
            assertNotNull(in, card);
        }
    }

    @Test
    void theClassifierKnowsNewDigits() {
        try (Backend backend = Backends.jvm(2);
                ImageData digits = ImageData.open("builtin:strokes,seed=11,count=1000")) {
            Classifier judge = Classifier.load(STROKES, backend);
            double accuracy = ClassScores.of(judge, digits, 1000, 1).accuracy();
            assertTrue(accuracy >= 0.995, () -> "accuracy " + accuracy);
        }
    }

    @Test
    void theTeacherDrawsTheClassThatItIsAskedFor() {
        int count = 60;
        int[] labels = IntStream.range(0, count).map(i -> i % Strokes.CLASSES).toArray();
        try (Backend backend = Backends.jvm(2);
                TrainedDenoiser teacher = TrainedDenoiser.load(STROKES, backend, count)) {
            float[] pixels =
                    new TeacherSamples(backend, teacher, new HeunSampler(18))
                            .draw(1, 0, labels, (_, _) -> {});
            double accuracy = accuracy(backend, pixels, labels);
            assertTrue(accuracy >= 0.95, () -> "accuracy " + accuracy);
        }
    }

    @Test
    void theStudentDoesInOneStep() {
        try (Sampler student = Sampler.load(STROKES, Backends.jvm(2))) {
            Samples drawn = student.sample(SampleRequest.of(200).withSeed(1));
            double accuracy = accuracy(student.backend(), drawn.pixels(), drawn.labels());
            assertTrue(accuracy >= 0.95, () -> "accuracy " + accuracy);
        }
    }

    @Test
    void clothesHaveNamesAndAreTakenForWhatTheyWereMadeAs() {
        try (Sampler student = Sampler.load(FASHION, Backends.jvm(2))) {
            assertEquals("Trouser", student.config().classNames().get(1));
            int count = 100;
            Samples drawn = student.sample(SampleRequest.of(count).withSeed(1));
            DrawnImages set = new DrawnImages("drawn", drawn.pixels(), drawn.labels(), 1, 28, 10);
            double accuracy =
                    ClassScores.of(Classifier.load(FASHION, student.backend()), set, count, 1)
                            .accuracy();
            assertTrue(accuracy >= 0.78, () -> "accuracy " + accuracy);
        }
    }

    private static double accuracy(Backend backend, float[] pixels, int[] labels) {
        DrawnImages drawn =
                new DrawnImages(
                        "drawn", pixels, labels, Strokes.CHANNELS, Strokes.SIZE, Strokes.CLASSES);
        return ClassScores.of(Classifier.load(STROKES, backend), drawn, labels.length, 1)
                .accuracy();
    }
}
