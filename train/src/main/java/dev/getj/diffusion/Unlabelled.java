package dev.getj.diffusion;

import java.util.Arrays;
import java.util.Map;

/**
 * A teacher that is told its null class for all images.
 *
 * @param teacher closed by others
 * @param nullClass the number of that class
 */
record Unlabelled(Teacher teacher, int nullClass) implements Teacher {
    @Override
    public String name() {
        return "itself without classes";
    }

    @Override
    public int channels() {
        return teacher.channels();
    }

    @Override
    public int size() {
        return teacher.size();
    }

    @Override
    public int classes() {
        return 0;
    }

    @Override
    public Map<String, String> settings() {
        return Map.of("classes", "none");
    }

    @Override
    public void denoise(float[] noisy, double sigma, int[] labels, int count, float[] denoised) {
        int[] none = new int[count];
        Arrays.fill(none, nullClass);
        teacher.denoise(noisy, sigma, none, count, denoised);
    }

    @Override
    public void close() {}
}
