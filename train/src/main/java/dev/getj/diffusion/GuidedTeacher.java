package dev.getj.diffusion;

import dev.getj.io.GetjException;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A teacher led away from another one: {@code D = D_guide + w (D_teacher − D_guide)}. With w above 1
 * and a guide that knows no classes this is classifier-free guidance (Ho and Salimans 2022), images
 * that are more of their class and less varied; with a guide that is the same but worse,
 * autoguidance (Karras et al. 2024). Takes two evaluations for one.
 */
public final class GuidedTeacher implements Teacher {
    private final Teacher teacher;
    private final Teacher guide;
    private final double weight;
    private float[] guided = new float[0];

    /**
     * @param teacher closed with this, as is {@code guide}
     * @param weight w, at least 0; 1 is the teacher alone
     * @throws GetjException if the guide makes other images, or knows other classes than the
     *     teacher or none
     */
    public GuidedTeacher(Teacher teacher, Teacher guide, double weight) {
        if (guide.channels() != teacher.channels() || guide.size() != teacher.size()) {
            throw new GetjException(
                    "the guide makes images of %s×%s×%s, the teacher of %s×%s×%s"
                            .formatted(
                                    guide.size(),
                                    guide.size(),
                                    guide.channels(),
                                    teacher.size(),
                                    teacher.size(),
                                    teacher.channels()));
        }
        if (guide.classes() != 0 && guide.classes() != teacher.classes()) {
            throw new GetjException(
                    "the guide knows %s classes, the teacher %s; it may know as many, or none"
                            .formatted(guide.classes(), teacher.classes()));
        }
        this.teacher = teacher;
        this.guide = guide;
        this.weight = weight;
    }

    @Override
    public String name() {
        return "%s, led away with weight %s from %s"
                .formatted(teacher.name(), weight, guide.name());
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>(teacher.settings());
        settings.put("guidance", Double.toString(weight));
        guide.settings().forEach((key, value) -> settings.put("guide_" + key, value));
        return settings;
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
        return teacher.classes();
    }

    @Override
    public List<String> classNames() {
        return teacher.classNames();
    }

    @Override
    public void denoise(float[] noisy, double sigma, int[] labels, int count, float[] denoised) {
        int elements = count * elements();
        if (guided.length < elements) {
            guided = new float[elements];
        }
        teacher.denoise(noisy, sigma, labels, count, denoised);
        guide.denoise(noisy, sigma, labels, count, guided);
        float w = (float) weight;
        for (int e = 0; e < elements; e++) {
            denoised[e] = guided[e] + w * (denoised[e] - guided[e]);
        }
    }

    @Override
    public void close() {
        try (teacher;
                guide) {
            guided = new float[0];
        }
    }
}
