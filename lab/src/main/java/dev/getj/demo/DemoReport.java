package dev.getj.demo;

import java.awt.image.BufferedImage;
import java.util.List;

/**
 * Everything that the page of one demo shows.
 *
 * @param model the student in a few words: kind and number of parameters
 * @param machine what it ran on: threads, vectors, Java
 * @param pairs noise/image pairs it was distilled from
 * @param steps of training
 * @param lossFirst the loss at the start, averaged over the first steps
 * @param lossLast the loss at the end, averaged over the last steps
 * @param frechet distances to the data
 * @param accuracy of classes
 * @param teacherEvaluations of the denoiser that the teacher spends on one image
 * @param iterations of the equilibrium pass that the student spends on one image
 * @param stages how long each part took, in order
 * @param lossCurve the chart
 * @param fromSameNoise images of all three, drawn in the same order from the same noise, which no
 *     training pair used
 * @param classGrid one row a class
 * @param classes the names of the rows
 * @param strip the same few noises after 1, 2, … iterations: one picture each
 * @param next commands to try next
 */
public record DemoReport(
        String model,
        String machine,
        long pairs,
        long steps,
        double lossFirst,
        double lossLast,
        Frechet frechet,
        Accuracy accuracy,
        int teacherEvaluations,
        int iterations,
        List<Stage> stages,
        BufferedImage lossCurve,
        SideBySide fromSameNoise,
        BufferedImage classGrid,
        List<String> classes,
        List<BufferedImage> strip,
        List<Command> next) {

    /**
     * Fréchet distances to the data, of pure noise and of the images of the fresh student, the
     * shipped one and the teacher.
     */
    public record Frechet(double noise, double student, double shipped, double teacher) {
        double longest() {
            return Math.max(Math.max(noise, student), Math.max(shipped, teacher));
        }
    }

    /** Shares of the images that the shipped classifier takes for the class they were made as. */
    public record Accuracy(double student, double shipped, double teacher) {}

    /** One part of the demo and the seconds it took. */
    public record Stage(String name, double seconds) {}

    /** Grids of the same size: image by image from the same noise. */
    public record SideBySide(BufferedImage teacher, BufferedImage student, BufferedImage shipped) {}

    /** A command line and what it does. */
    public record Command(String does, String line) {}

    /**
     * Keeps copies of the lists.
     *
     * @throws IllegalArgumentException if there are no stages, classes or pictures in the strip
     */
    public DemoReport {
        stages = List.copyOf(stages);
        classes = List.copyOf(classes);
        strip = List.copyOf(strip);
        next = List.copyOf(next);
        if (stages.isEmpty() || classes.isEmpty() || strip.isEmpty()) {
            throw new IllegalArgumentException(
                    "a demo's page needs stages, classes and a strip, got %s, %s and %s"
                            .formatted(stages.size(), classes.size(), strip.size()));
        }
    }

    /** Seconds of all stages together. */
    public double seconds() {
        return stages.stream().mapToDouble(Stage::seconds).sum();
    }
}
