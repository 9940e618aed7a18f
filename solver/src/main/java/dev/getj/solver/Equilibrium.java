package dev.getj.solver;

import dev.getj.kernels.Tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A deep equilibrium layer: states forward, gradients backward. {@link #forward} starts from what
 * {@code map.state()} holds and leaves the supervised {@link #states}; the caller writes the
 * gradient of the loss with respect to each of them into {@link #cotangents}; {@link #backward}
 * adds the gradients of everything that f depends on, through {@link Linearization#pullBackAll}.
 */
public final class Equilibrium {
    private final List<PreparedSlice> slices = new ArrayList<>();
    private final List<Tensor> states = new ArrayList<>();
    private final List<Tensor> cotangents = new ArrayList<>();

    /**
     * @param slices one or more, in order
     */
    public Equilibrium(DifferentiableMap map, List<Slice> slices) {
        if (slices.isEmpty()) {
            throw new IllegalArgumentException("an equilibrium needs at least one slice");
        }
        // slices are solved one after the other: those with the same solver share its memory
        Map<Solver, Solver.Solve> solves = new HashMap<>();
        for (Slice slice : slices) {
            Solver.Solve solve =
                    slice.solver() == null
                            ? null
                            : solves.computeIfAbsent(slice.solver(), solver -> solver.prepare(map));
            PreparedSlice prepared =
                    switch (slice.gradient()) {
                        case GradientSteps steps -> new PreparedSteps(map, solve, steps);
                        case ImplicitGradient implicit ->
                                new PreparedImplicit(map, solve, implicit);
                    };
            this.slices.add(prepared);
            states.addAll(prepared.states());
            cotangents.addAll(prepared.cotangents());
        }
    }

    /** {@code steps} plain steps from the start, each supervised and differentiated: GET's way. */
    public static Equilibrium unrolled(DifferentiableMap map, int steps) {
        return new Equilibrium(map, List.of(new Slice(null, GradientSteps.every(1, steps, 1))));
    }

    /** A solve, then {@code steps} differentiated steps with damping τ; the last is supervised. */
    public static Equilibrium phantom(
            DifferentiableMap map, Solver solver, int steps, double damping) {
        return new Equilibrium(map, List.of(new Slice(solver, GradientSteps.last(steps, damping))));
    }

    /** A solve, differentiated by the implicit function theorem. */
    public static Equilibrium implicit(DifferentiableMap map, Solver solver, Solver backward) {
        return new Equilibrium(map, List.of(new Slice(solver, ImplicitGradient.of(backward))));
    }

    /** {@code count} equal slices. */
    public static Equilibrium sliced(DifferentiableMap map, int count, Slice slice) {
        return new Equilibrium(map, Collections.nCopies(count, slice));
    }

    /** The supervised states, [B, …] each, first to last; the last is the equilibrium. */
    public List<Tensor> states() {
        return List.copyOf(states);
    }

    /** Where the gradient of the loss with respect to each of {@link #states} is to be written. */
    public List<Tensor> cotangents() {
        return List.copyOf(cotangents);
    }

    /** Computes the states; the statistics of each slice's solve, in order. */
    public List<Statistics> forward() {
        List<Statistics> statistics = new ArrayList<>();
        slices.forEach(slice -> slice.forward(statistics));
        return statistics;
    }

    /** Adds up the gradients; the statistics of the adjoint solves, in the order of the slices. */
    public List<Statistics> backward() {
        List<Statistics> statistics = new ArrayList<>();
        slices.reversed().forEach(slice -> slice.backward(statistics));
        return statistics.reversed();
    }
}
