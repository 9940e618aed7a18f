package dev.getj.diffusion;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;

import java.util.Arrays;

/**
 * The exact denoiser of a finite set of images d₁ … d_M, each equally likely: {@code D(x; σ) = Σ
 * w_m d_m} with {@code w = softmax(−‖x − d_m‖² / 2σ²)} (Karras et al. 2022, appendix B.3). Told a
 * class, it knows the images of that class only.
 *
 * <p>Both sums are matrix products on a backend: {@code x·d_m}, which is all of the distance that
 * differs between the images once |d_m|² is known, and the weighted mean. Where the noise is so
 * weak that the products' rounding would be seen in the weights, the backend's scores only choose a
 * short list of images; their distances and their mean are then taken in double.
 */
public final class IdealDenoiser implements Denoiser {
    /** Error of a log weight that is let through. */
    private static final double TOLERATED = 1e-3;

    /**
     * Images whose log weight is this far below the largest are left out: together they weigh less
     * than 1e-9.
     */
    private static final double NEGLIGIBLE = 40;

    /** The images of one class, and the programs over them for a fixed number of rows. */
    private record Group(
            int first,
            int count,
            Tensor noisy,
            Tensor scores,
            Tensor mean,
            Program score,
            Program average) {}

    private final int elements;
    private final int classes;
    private final int rows;
    private final float[] images;
    private final double[] squaredNorms;
    private final double largestNorm;
    private final Group[] groups;
    private final float[] chunk;
    private final float[] chunkMean;

    private IdealDenoiser(
            Backend backend, float[] images, int elements, int[] labels, int classes, int rows) {
        this.elements = elements;
        this.classes = classes;
        this.rows = rows;
        int count = images.length / elements;
        if (count == 0 || images.length % elements != 0) {
            throw new IllegalArgumentException(
                    images.length
                            + " floats are no whole number of images of "
                            + elements
                            + " floats");
        }
        int[] firsts = new int[Math.max(1, classes) + 1];
        this.images = classes == 0 ? images.clone() : sortByClass(images, elements, labels, firsts);
        firsts[firsts.length - 1] = count;
        this.squaredNorms = new double[count];
        for (int m = 0; m < count; m++) {
            for (int e = 0; e < elements; e++) {
                double value = this.images[m * elements + e];
                squaredNorms[m] += value * value;
            }
        }
        this.largestNorm = Math.sqrt(Arrays.stream(squaredNorms).max().orElseThrow());
        Tensor all = backend.allocate(count, elements).set(this.images);
        Tensor noisy = backend.allocate(rows, elements);
        Tensor mean = backend.allocate(rows, elements);
        this.groups = new Group[firsts.length - 1];
        for (int g = 0; g < groups.length; g++) {
            groups[g] = group(backend, all, firsts[g], firsts[g + 1] - firsts[g], noisy, mean);
        }
        this.chunk = new float[rows * elements];
        this.chunkMean = new float[rows * elements];
    }

    /**
     * Knows all images alike.
     *
     * @param images [M, elements]
     * @param batch images that are usually denoised at once; any number can be
     */
    public static IdealDenoiser unconditional(
            Backend backend, float[] images, int elements, int batch) {
        return new IdealDenoiser(backend, images, elements, null, 0, batch);
    }

    /**
     * Knows the images of the class it is told.
     *
     * @param images [M, elements]
     * @param labels [M], each in 0…classes−1; every class must have an image
     * @param batch images that are usually denoised at once, classes taking turns; any number can
     *     be
     */
    public static IdealDenoiser conditional(
            Backend backend, float[] images, int elements, int[] labels, int classes, int batch) {
        return new IdealDenoiser(
                backend, images, elements, labels, classes, Math.ceilDiv(batch, classes));
    }

    private Group group(
            Backend backend, Tensor all, int first, int count, Tensor noisy, Tensor mean) {
        Tensor known = all.view(first * elements, count, elements);
        Tensor scores = backend.allocate(rows, count);
        return new Group(
                first,
                count,
                noisy,
                scores,
                mean,
                backend.record("scores", k -> k.linear(noisy, known, null, scores)),
                backend.record("posterior mean", k -> k.linearBackwardInput(scores, known, mean)));
    }

    private static float[] sortByClass(float[] images, int elements, int[] labels, int[] firsts) {
        int classes = firsts.length - 1;
        if (labels.length * elements != images.length) {
            throw new IllegalArgumentException(
                    labels.length + " labels for " + images.length / elements + " images");
        }
        float[] sorted = new float[images.length];
        int at = 0;
        for (int label = 0; label < classes; label++) {
            firsts[label] = at;
            for (int m = 0; m < labels.length; m++) {
                if (labels[m] == label) {
                    System.arraycopy(images, m * elements, sorted, at++ * elements, elements);
                }
            }
            if (at == firsts[label]) {
                throw new IllegalArgumentException("there is no image of class " + label);
            }
        }
        if (at != labels.length) {
            throw new IllegalArgumentException("a label is outside 0 to " + (classes - 1));
        }
        return sorted;
    }

    @Override
    public int elements() {
        return elements;
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public void denoise(float[] noisy, double sigma, int[] labels, int count, float[] denoised) {
        int[] members = new int[rows];
        for (int g = 0; g < groups.length; g++) {
            int filled = 0;
            for (int i = 0; i < count; i++) {
                if (classes == 0 || labels[i] == g) {
                    members[filled++] = i;
                }
                if (filled == rows || filled > 0 && i == count - 1) {
                    denoise(groups[g], noisy, sigma, members, filled, denoised);
                    filled = 0;
                }
            }
        }
    }

    /**
     * Denoises up to {@code rows} images of one class; {@code members} are their places in the
     * batch.
     */
    private void denoise(
            Group group, float[] noisy, double sigma, int[] members, int filled, float[] denoised) {
        for (int row = 0; row < filled; row++) {
            System.arraycopy(noisy, members[row] * elements, chunk, row * elements, elements);
        }
        group.noisy().set(chunk);
        group.score().run();
        float[] scores = group.scores().get();
        double[] logWeights = new double[group.count()];
        boolean[] done = new boolean[filled];
        boolean allDone = true;
        for (int row = 0; row < filled; row++) {
            double error = roundingError(row) / (sigma * sigma);
            double largest = Double.NEGATIVE_INFINITY;
            for (int m = 0; m < group.count(); m++) {
                double product = scores[row * group.count() + m];
                logWeights[m] = (product - 0.5 * squaredNorms[group.first() + m]) / (sigma * sigma);
                largest = Math.max(largest, logWeights[m]);
            }
            done[row] = error > TOLERATED;
            allDone &= done[row];
            if (done[row]) {
                averageShortList(
                        group,
                        row,
                        sigma,
                        logWeights,
                        largest - NEGLIGIBLE - 2 * error,
                        denoised,
                        members[row] * elements);
            } else {
                double sum = exponentials(logWeights, largest);
                for (int m = 0; m < group.count(); m++) {
                    scores[row * group.count() + m] = (float) (logWeights[m] / sum);
                }
            }
        }
        if (allDone) {
            return;
        }
        group.scores().set(scores);
        group.average().run();
        group.mean().get(chunkMean);
        for (int row = 0; row < filled; row++) {
            if (!done[row]) {
                System.arraycopy(
                        chunkMean, row * elements, denoised, members[row] * elements, elements);
            }
        }
    }

    /**
     * What to expect of a float product of {@code elements} terms: roundings that add up like a
     * random walk.
     */
    private double roundingError(int row) {
        double squares = 0;
        for (int e = row * elements; e < (row + 1) * elements; e++) {
            squares += (double) chunk[e] * chunk[e];
        }
        return 0x1p-24 * Math.sqrt(elements) * Math.sqrt(squares) * largestNorm;
    }

    /**
     * The posterior mean in double over the images whose rough log weight reaches {@code
     * threshold}.
     */
    private void averageShortList(
            Group group,
            int row,
            double sigma,
            double[] rough,
            double threshold,
            float[] denoised,
            int at) {
        int[] list = new int[group.count()];
        int listed = 0;
        for (int m = 0; m < group.count(); m++) {
            if (rough[m] >= threshold) {
                list[listed++] = group.first() + m;
            }
        }
        double[] weights = new double[listed];
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < listed; i++) {
            weights[i] = -squaredDistance(row, list[i]) / (2 * sigma * sigma);
            largest = Math.max(largest, weights[i]);
        }
        double sum = exponentials(weights, largest);
        double[] mean = new double[elements];
        for (int i = 0; i < listed; i++) {
            if (weights[i] > 0) {
                for (int e = 0; e < elements; e++) {
                    mean[e] += weights[i] * images[list[i] * elements + e];
                }
            }
        }
        for (int e = 0; e < elements; e++) {
            denoised[at + e] = (float) (mean[e] / sum);
        }
    }

    private double squaredDistance(int row, int image) {
        double sum = 0;
        for (int e = 0; e < elements; e++) {
            double difference = (double) chunk[row * elements + e] - images[image * elements + e];
            sum += difference * difference;
        }
        return sum;
    }

    /**
     * Replaces log weights by {@code exp(w − largest)}, negligible ones by 0, and returns their
     * sum, at least 1.
     */
    private static double exponentials(double[] logWeights, double largest) {
        double sum = 0;
        for (int m = 0; m < logWeights.length; m++) {
            double below = logWeights[m] - largest;
            logWeights[m] = below < -NEGLIGIBLE ? 0 : StrictMath.exp(below);
            sum += logWeights[m];
        }
        return sum;
    }
}
