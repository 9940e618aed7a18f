package dev.getj.study;

import java.util.List;

/**
 * What came out of a study.
 *
 * @param runs of all seeds
 * @param times null unless it was asked about iterations
 * @param comparisons of the networks that answer the questions, by their errors
 */
public record StudyReport(
        StudySettings settings,
        List<Question> questions,
        Baselines baselines,
        List<Learned> runs,
        Times times,
        List<Comparison> comparisons) {
    /**
     * What qualities mean here.
     *
     * @param teacherName what the pairs say of their teacher
     * @param noise of noise itself
     * @param teacher of the images that the students learn from
     * @param strokes of other drawn strokes: as good as it gets; null of a given pair set
     */
    public record Baselines(String teacherName, Quality noise, Quality teacher, Quality strokes) {}
}
