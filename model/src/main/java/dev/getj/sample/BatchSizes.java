package dev.getj.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The sizes of batches that a sampler has programs and memory for: a largest one, and each time a
 * quarter of the last, down to 1. All of them together take a third more memory than the largest.
 *
 * @param sizes ascending, from 1
 */
record BatchSizes(List<Integer> sizes) {
    /** From one size to the next larger one. */
    private static final int RATIO = 4;

    /**
     * @throws IllegalArgumentException if {@code largest} is below 1
     */
    static BatchSizes upTo(int largest) {
        if (largest < 1) {
            throw new IllegalArgumentException("a batch has at least 1 image, not " + largest);
        }
        List<Integer> sizes = new ArrayList<>();
        for (int size = largest; size > 1; size /= RATIO) {
            sizes.addFirst(size);
        }
        sizes.addFirst(1);
        return new BatchSizes(List.copyOf(sizes));
    }

    int largest() {
        return sizes.getLast();
    }

    /**
     * The batch for {@code wanted} images where a batch takes as long as its images do: one that
     * they fill to three quarters, or else the largest that they fill, and the rest comes later.
     *
     * @param wanted at least 1, at most {@link #largest}
     */
    int filledBy(int wanted) {
        int filled = 1;
        for (int size : sizes) {
            if (size <= wanted) {
                filled = size;
            } else if (4L * wanted >= 3L * size) {
                return size;
            }
        }
        return filled;
    }

    /**
     * The batch for {@code wanted} images on a device that compiles programs, which takes about as
     * long for a few more images: one that is there already if it holds them all.
     *
     * @param prepared what is there
     * @param wanted at least 1, at most {@link #largest}
     */
    int holding(int wanted, Set<Integer> prepared) {
        return sizes.stream()
                .filter(size -> size >= wanted)
                .filter(prepared::contains)
                .findFirst()
                .orElseGet(
                        () ->
                                sizes.stream()
                                        .filter(size -> size >= wanted)
                                        .findFirst()
                                        .orElseThrow());
    }
}
