package dev.getj.study;

/**
 * How good images are.
 *
 * @param frechet Fréchet distance of their features to those of drawn strokes, or of the data that
 *     a pair set's students are compared with; null without any
 * @param accuracy share that the classifier takes for the class they should be; null without one
 * @param pairError squared error a pixel to the teacher's images of the same noise, which no run
 *     has learned from; null of images that are no student's
 */
public record Quality(Double frechet, Double accuracy, Double pairError) {
    /** Of images that are no student's. */
    static Quality of(Double frechet, Double accuracy) {
        return new Quality(frechet, accuracy, null);
    }

    Quality withPairError(double error) {
        return new Quality(frechet, accuracy, error);
    }
}
