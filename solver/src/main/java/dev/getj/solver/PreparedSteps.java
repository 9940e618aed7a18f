package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;

import java.util.ArrayList;
import java.util.List;

/** {@link GradientSteps} on a map. */
final class PreparedSteps implements PreparedSlice {
    private final Solver.Solve solve;
    private final boolean recompute;
    private final List<Tensor> supervised = new ArrayList<>();
    private final List<Tensor> cotangents = new ArrayList<>();
    private final Program enter;
    private final Program leave;
    private final List<Step> steps = new ArrayList<>();

    /**
     * One step. {@code load} puts z into the linearization, if it does not lie there anyway; {@code
     * advance} turns f(z) into the next state; {@code collect} turns the gradient of the next state
     * into the vector of the product, {@code passOn} the product into the gradient of z.
     */
    private record Step(
            Linearization at, Program load, Program advance, Program collect, Program passOn) {}

    /**
     * @param solve what comes first; null for nothing
     */
    PreparedSteps(DifferentiableMap map, Solver.Solve solve, GradientSteps gradient) {
        Backend backend = map.backend();
        this.solve = solve;
        recompute = gradient.memory() == GradientSteps.Memory.RECOMPUTE;
        int count = gradient.steps();
        List<Linearization> at = new ArrayList<>();
        List<Tensor> z = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            at.add(i == 0 || !recompute ? map.linearization() : at.getFirst());
            z.add(recompute ? backend.allocate(map.state().shape()) : at.get(i).state());
        }
        z.add(backend.allocate(map.state().shape()));
        Tensor first = solve == null ? map.state() : solve.best();
        enter = backend.record("enter", k -> k.copy(first, z.getFirst()));
        leave = backend.record("leave", k -> k.copy(z.getLast(), map.state()));
        Tensor d = backend.allocate(map.state().shape());
        float tau = (float) gradient.damping();
        float rest = (float) (1 - gradient.damping());
        for (int i = 0; i < count; i++) {
            Linearization here = at.get(i);
            Tensor from = z.get(i);
            Tensor to = z.get(i + 1);
            boolean last = i + 1 == count;
            Tensor loss =
                    gradient.supervised().contains(i + 1)
                            ? backend.allocate(map.state().shape())
                            : null;
            if (loss != null) {
                supervised.add(to);
                cotangents.add(loss);
            }
            steps.add(
                    new Step(
                            here,
                            recompute
                                    ? backend.record("load", k -> k.copy(from, here.state()))
                                    : null,
                            // z' = τ f(z) + (1 − τ) z
                            backend.record(
                                    "advance",
                                    k -> {
                                        k.copy(here.next(), to);
                                        if (rest != 0) {
                                            k.mix(rest, from, tau, to);
                                        }
                                    }),
                            // dz' += ∂L/∂z', v = τ dz'
                            backend.record(
                                    "collect",
                                    k -> {
                                        if (last) {
                                            k.fill(0, d);
                                        }
                                        if (loss != null) {
                                            k.add(loss, d);
                                        }
                                        k.copy(d, here.cotangent());
                                        if (rest != 0) {
                                            k.mix(0, d, tau, here.cotangent());
                                        }
                                    }),
                            // dz = Jᵀ v + (1 − τ) dz'
                            backend.record("pass on", k -> k.mix(1, here.product(), rest, d))));
        }
    }

    @Override
    public List<Tensor> states() {
        return supervised;
    }

    @Override
    public List<Tensor> cotangents() {
        return cotangents;
    }

    @Override
    public void forward(List<Statistics> statistics) {
        if (solve != null) {
            statistics.add(solve.run());
        }
        enter.run();
        for (Step step : steps) {
            evaluate(step);
            step.advance.run();
        }
        leave.run();
    }

    private void evaluate(Step step) {
        if (step.load != null) {
            step.load.run();
        }
        step.at.evaluate();
    }

    @Override
    public void backward(List<Statistics> statistics) {
        for (Step step : steps.reversed()) {
            if (recompute) {
                evaluate(step);
            }
            step.collect.run();
            step.at.pullBackAll();
            step.passOn.run();
        }
    }
}
