package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A deep equilibrium layer: states forward, gradients backward. {@link #forward} starts from what
 * {@code map.state()} holds and computes the supervised {@link #states}; the caller writes the
 * gradient of the loss with respect to each of them into {@link #cotangents}; {@link #backward}
 * adds the gradients of everything that f depends on, through {@link Linearization#pullBackAll}.
 */
public final class Equilibrium {
    private final List<Part> parts = new ArrayList<>();
    private final List<Tensor> states = new ArrayList<>();
    private final List<Tensor> cotangents = new ArrayList<>();
    private final Tensor gradient;

    /** A slice: what runs before it is differentiated, and what is. */
    private record Part(Optional<Solve> solve, PreparedSlice differentiated) {}

    /** A solve on a map of its own, between the state before it and the one after it. */
    private record Solve(Program enter, Solver.Solve run, Program leave) {}

    private record Prepared(FixedPointMap map, Solver.Solve solve) {}

    /**
     * With losses whose gradients the caller writes into {@link #cotangents}.
     *
     * @param slices one or more, in order
     */
    public Equilibrium(DifferentiableMap map, List<Slice> slices) {
        this(map, slices, Optional.empty());
    }

    /**
     * With losses that the backward pass computes itself, in place: no gradient of a loss is kept.
     *
     * @param slices one or more, in order
     * @param loss of the supervised states of all slices; there are no {@link #cotangents}
     */
    public Equilibrium(DifferentiableMap map, List<Slice> slices, StateLoss loss) {
        this(map, slices, Optional.of(loss));
    }

    private Equilibrium(DifferentiableMap map, List<Slice> slices, Optional<StateLoss> given) {
        if (slices.isEmpty()) {
            throw new IllegalArgumentException("an equilibrium needs at least one slice");
        }
        Backend backend = map.backend();
        gradient = backend.allocate(map.state().shape());
        StateLoss loss = given.orElseGet(() -> givenCotangents(map, slices));
        // slices are solved one after the other: those with the same solver share its memory
        Map<Solver, Prepared> solves = new HashMap<>();
        Tensor from = map.state();
        for (Slice slice : slices) {
            Optional<Solve> solve = Optional.empty();
            if (slice.solver().isPresent()) {
                Prepared prepared =
                        solves.computeIfAbsent(
                                slice.solver().get(),
                                solver -> {
                                    FixedPointMap f = map.evaluation();
                                    return new Prepared(f, solver.prepare(f));
                                });
                Tensor solution = backend.allocate(map.state().shape());
                solve = Optional.of(solve(backend, prepared, from, solution));
                from = solution;
            }
            PreparedSlice prepared =
                    switch (slice.gradient()) {
                        case GradientSteps steps ->
                                new Unrolling(map, steps, from, gradient, loss, states.size());
                        case ImplicitGradient implicit ->
                                new PreparedImplicit(
                                        map, implicit, from, gradient, loss, states.size());
                    };
            parts.add(new Part(solve, prepared));
            states.addAll(prepared.states());
            from = prepared.last();
        }
    }

    private static Solve solve(Backend backend, Prepared prepared, Tensor from, Tensor solution) {
        Tensor state = prepared.map.state();
        Tensor best = prepared.solve.best();
        return new Solve(
                backend.record("start of the solve", k -> k.copy(from, state)),
                prepared.solve,
                backend.record("solution", k -> k.copy(best, solution)));
    }

    private StateLoss givenCotangents(DifferentiableMap map, List<Slice> slices) {
        Backend backend = map.backend();
        for (Slice slice : slices) {
            int supervised =
                    switch (slice.gradient()) {
                        case GradientSteps steps -> steps.supervised().size();
                        case ImplicitGradient _ -> 1;
                    };
            for (int i = 0; i < supervised; i++) {
                cotangents.add(backend.allocate(map.state().shape()));
            }
        }
        return (i, z, d) -> List.of(backend.record("add loss", k -> k.add(cotangents.get(i), d)));
    }

    /** {@code steps} plain steps from the start, each supervised and differentiated: GET's way. */
    public static Equilibrium unrolled(DifferentiableMap map, int steps) {
        return new Equilibrium(map, List.of(Slice.of(GradientSteps.every(1, steps, 1))));
    }

    /** A solve, then {@code steps} differentiated steps with damping τ; the last is supervised. */
    public static Equilibrium phantom(
            DifferentiableMap map, Solver solver, int steps, double damping) {
        return new Equilibrium(map, List.of(Slice.of(solver, GradientSteps.last(steps, damping))));
    }

    /** A solve, differentiated by the implicit function theorem. */
    public static Equilibrium implicit(DifferentiableMap map, Solver solver, Solver backward) {
        return new Equilibrium(map, List.of(Slice.of(solver, ImplicitGradient.of(backward))));
    }

    /** {@code count} equal slices. */
    public static Equilibrium sliced(DifferentiableMap map, int count, Slice slice) {
        return new Equilibrium(map, Collections.nCopies(count, slice));
    }

    /** The supervised states, [B, …] each, first to last; the last is the equilibrium. */
    public List<Tensor> states() {
        return List.copyOf(states);
    }

    /**
     * Where the gradient of the loss with respect to each of {@link #states} is to be written; none
     * if the equilibrium was made with a {@link StateLoss}.
     */
    public List<Tensor> cotangents() {
        return List.copyOf(cotangents);
    }

    /**
     * The gradient of the state, [B, …], in which {@link #backward} works. Free for other use
     * between two calls of it.
     */
    public Tensor gradient() {
        return gradient;
    }

    /** Computes the states; the statistics of each slice's solve, in order. */
    public List<Statistics> forward() {
        List<Statistics> statistics = new ArrayList<>();
        for (Part part : parts) {
            if (part.solve.isPresent()) {
                Solve solve = part.solve.get();
                solve.enter.run();
                statistics.add(solve.run.run());
                solve.leave.run();
            }
            part.differentiated.forward();
        }
        return statistics;
    }

    /** Adds up the gradients; the statistics of the adjoint solves, in the order of the slices. */
    public List<Statistics> backward() {
        List<Statistics> statistics = new ArrayList<>();
        parts.reversed().forEach(part -> statistics.addAll(part.differentiated.backward()));
        return statistics.reversed();
    }
}
