package dev.getj.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class GuidedTeacherTest {
    private final List<String> closed = new ArrayList<>();

    /** Says {@code factor · x + label} for images of 2×2. */
    private Teacher linear(String name, int classes, float factor) {
        return new Teacher() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public int channels() {
                return 1;
            }

            @Override
            public int size() {
                return 2;
            }

            @Override
            public int classes() {
                return classes;
            }

            @Override
            public Map<String, String> settings() {
                return Map.of("weights", name);
            }

            @Override
            public void denoise(float[] noisy, double sigma, int[] labels, int count, float[] out) {
                for (int e = 0; e < 4 * count; e++) {
                    out[e] = factor * noisy[e] + (classes == 0 ? 0 : labels[e / 4]);
                }
            }

            @Override
            public void close() {
                closed.add(name);
            }
        };
    }

    @Test
    void theEstimateIsExtrapolatedFromTheGuides() {
        float[] noisy = {1, 2, 3, 4, 5, 6, 7, 8};
        int[] labels = {0, 3};
        float[] estimate = new float[8];
        try (GuidedTeacher guided =
                new GuidedTeacher(linear("a", 5, 0.5f), linear("b", 0, 0.25f), 3)) {
            guided.denoise(noisy, 1, labels, 2, estimate);
            float[] expected = new float[8];
            for (int e = 0; e < 8; e++) {
                float told = 0.5f * noisy[e] + labels[e / 4];
                expected[e] = 0.25f * noisy[e] + 3 * (told - 0.25f * noisy[e]);
            }
            assertArrayEquals(expected, estimate, 1e-6f);
            assertEquals(
                    Map.of("weights", "a", "guide_weights", "b", "guidance", "3.0"),
                    guided.settings());
        }
        assertTrue(closed.containsAll(List.of("a", "b")));
    }

    @Test
    void aWeightOfOneIsTheTeacherAlone() {
        float[] noisy = {1, 2, 3, 4};
        float[] alone = new float[4];
        float[] guided = new float[4];
        Teacher teacher = linear("a", 2, 0.5f);
        teacher.denoise(noisy, 1, new int[] {1}, 1, alone);
        new GuidedTeacher(teacher, linear("b", 2, 2), 1)
                .denoise(noisy, 1, new int[] {1}, 1, guided);
        assertArrayEquals(alone, guided, 1e-6f);
    }

    @Test
    void aGuideOfOtherClassesIsRefused() {
        assertEquals(
                "the guide knows 3 classes, the teacher 2; it may know as many, or none",
                assertThrows(
                                GetjException.class,
                                () -> new GuidedTeacher(linear("a", 2, 1), linear("b", 3, 1), 2))
                        .getMessage());
    }
}
