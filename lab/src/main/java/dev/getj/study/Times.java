package dev.getj.study;

import java.util.List;

/**
 * How long sampling takes.
 *
 * @param device that it was measured on
 * @param batch images sampled at once
 */
public record Times(String device, int batch, List<Entry> entries) {
    /**
     * How long a student takes for an image.
     *
     * @param iterations in sampling; 0 for a ViT
     * @param milliseconds an image, the median of several batches
     */
    public record Entry(String student, int iterations, double milliseconds) {}
}
