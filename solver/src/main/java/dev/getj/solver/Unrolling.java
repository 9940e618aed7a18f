package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * {@link GradientSteps} on a map, recorded once: the only place where steps are unrolled.
 *
 * <p>The gradient of the state stays in one tensor from the last step to the first. Undamped steps
 * that are stored copy nothing: f(z) of one linearization is z of the next, and the products are
 * computed in place. Damped steps keep the states between, and one more tensor for the scaled
 * gradient; recomputed steps keep the states alone and share one linearization.
 */
final class Unrolling implements PreparedSlice {
    private final Backend backend;
    private final GradientSteps gradient;
    private final float tau;
    private final float rest;
    private final Tensor d;
    private final Tensor vector;
    private final List<Tensor> supervised = new ArrayList<>();
    private final List<Runnable> forward = new ArrayList<>();
    private final List<Runnable> backward = new ArrayList<>();
    private final Tensor last;

    /** An evaluation, and what has to run before it. */
    private record Evaluation(Linearization at, List<Runnable> run) {}

    /**
     * @param from z₀ of the steps; not written before the backward pass is done
     * @param d [B, …], the gradient of the state, shared with other slices
     * @param loss of the supervised states, of which the slice's first has number {@code first}
     */
    Unrolling(
            DifferentiableMap map,
            GradientSteps gradient,
            Tensor from,
            Tensor d,
            StateLoss loss,
            int first) {
        this.gradient = gradient;
        this.d = d;
        backend = map.backend();
        tau = (float) gradient.damping();
        rest = (float) (1 - gradient.damping());
        vector = damped() ? backend.allocate(from.shape()) : d;
        List<Tensor> states = new ArrayList<>(List.of(from));
        List<Evaluation> evaluations = new ArrayList<>();
        Evaluator evaluator = evaluator(map);
        for (int step = 1; step <= gradient.steps(); step++) {
            Evaluation evaluation = evaluator.at(states.getLast());
            evaluations.add(evaluation);
            forward.addAll(evaluation.run);
            states.add(advance(states.getLast(), evaluation.at.next()));
            if (gradient.supervised().contains(step)) {
                supervised.add(states.getLast());
            }
        }
        last = states.getLast();
        backward.add(backend.record("clear state gradient", k -> k.fill(0, d))::run);
        int state = first + supervised.size();
        for (int step = gradient.steps(); step >= 1; step--) {
            Evaluation evaluation = evaluations.get(step - 1);
            if (gradient.memory() == GradientSteps.Memory.RECOMPUTE) {
                backward.addAll(evaluation.run);
            }
            if (gradient.supervised().contains(step)) {
                for (Program program : loss.record(--state, states.get(step), d)) {
                    backward.add(program::run);
                }
            }
            pullBack(evaluation.at);
        }
    }

    private boolean damped() {
        return rest != 0;
    }

    private interface Evaluator {
        Evaluation at(Tensor z);
    }

    private Evaluator evaluator(DifferentiableMap map) {
        return switch (gradient.memory()) {
            case STORE ->
                    z -> {
                        Linearization at = map.linearization(z, vector);
                        return new Evaluation(at, List.of(at::evaluate));
                    };
            case RECOMPUTE -> {
                Tensor here = backend.allocate(d.shape());
                Linearization at = map.linearization(here, vector);
                yield z ->
                        new Evaluation(
                                at,
                                List.of(
                                        backend.record("load", k -> k.copy(z, here))::run,
                                        at::evaluate));
            }
        };
    }

    // z' = τ f(z) + (1 − τ) z
    private Tensor advance(Tensor z, Tensor fz) {
        if (!damped() && gradient.memory() == GradientSteps.Memory.STORE) {
            return fz;
        }
        Tensor next = backend.allocate(d.shape());
        Program advance =
                backend.record(
                        "advance",
                        k -> {
                            k.copy(fz, next);
                            if (damped()) {
                                k.mix(rest, z, tau, next);
                            }
                        });
        forward.add(advance::run);
        return next;
    }

    // dz = τ Jᵀ dz' + (1 − τ) dz'
    private void pullBack(Linearization at) {
        if (!damped()) {
            backward.add(at.pullBackAll());
            return;
        }
        Program scale =
                backend.record(
                        "scale gradient",
                        k -> {
                            k.copy(d, vector);
                            k.mix(0, d, tau, vector);
                        });
        backward.add(scale::run);
        backward.add(at.pullBackAll());
        backward.add(backend.record("add gradient", k -> k.mix(1, vector, rest, d))::run);
    }

    @Override
    public List<Tensor> states() {
        return supervised;
    }

    @Override
    public Tensor last() {
        return last;
    }

    @Override
    public void forward() {
        forward.forEach(Runnable::run);
    }

    @Override
    public List<Statistics> backward() {
        backward.forEach(Runnable::run);
        return List.of();
    }
}
