package dev.getj.solver;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Differentiated steps {@code z ← τ f(z) + (1 − τ) z} from where the solver stopped; the gradient
 * goes back through all of them and ends there. After a solve this is the phantom gradient (Geng et
 * al. 2021); from the start, without one, plain unrolling.
 *
 * @param steps k, at least 1
 * @param damping τ in (0, 1]
 * @param supervised the steps, from 1 to k and ascending, whose states have a loss
 * @param memory whether each step keeps what its derivative needs or computes it again
 */
public record GradientSteps(int steps, double damping, List<Integer> supervised, Memory memory)
        implements Gradient {
    /** What the steps leave for the backward pass. */
    public enum Memory {
        /** Each step keeps all that its derivative needs. */
        STORE,
        /** Each step keeps its state and evaluates f once more in the backward pass. */
        RECOMPUTE
    }

    /** Memory ends far before; what a damaged configuration asks for is refused by this. */
    private static final int MAX_STEPS = 1 << 16;

    /**
     * @throws IllegalArgumentException if a value is outside its range
     */
    public GradientSteps {
        requireSteps(steps);
        Limits.checkDamping(damping);
        supervised = List.copyOf(supervised);
        if (supervised.isEmpty()
                || !supervised.equals(List.copyOf(new TreeSet<>(supervised)))
                || supervised.getFirst() < 1
                || supervised.getLast() > steps) {
            throw new IllegalArgumentException(
                    "the supervised steps must ascend from 1 to %s: %s"
                            .formatted(steps, supervised));
        }
    }

    private static void requireSteps(int steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("at least 1 gradient step is needed, not " + steps);
        }
        if (steps > MAX_STEPS) {
            throw new IllegalArgumentException(
                    "at most %s gradient steps can be, not %s".formatted(MAX_STEPS, steps));
        }
    }

    /** Only the last state is supervised. */
    public static GradientSteps last(int steps, double damping) {
        return at(steps, damping, List.of());
    }

    /** Every {@code gap}-th state is supervised, counted from the start, and the last one. */
    public static GradientSteps every(int gap, int steps, double damping) {
        if (gap < 1) {
            throw new IllegalArgumentException(
                    "the gap between supervised steps must be at least 1, not " + gap);
        }
        requireSteps(steps);
        List<Integer> multiples = new ArrayList<>();
        for (int step = gap; step <= steps; step += gap) {
            multiples.add(step);
        }
        return at(steps, damping, multiples);
    }

    /** The states after the given steps are supervised, and the last one. */
    public static GradientSteps at(int steps, double damping, List<Integer> supervised) {
        TreeSet<Integer> all = new TreeSet<>(supervised);
        all.add(steps);
        return new GradientSteps(steps, damping, List.copyOf(all), Memory.STORE);
    }

    /** The same, keeping only states. */
    public GradientSteps recomputing() {
        return new GradientSteps(steps, damping, supervised, Memory.RECOMPUTE);
    }
}
