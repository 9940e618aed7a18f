package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;

/** {@link ImplicitGradient} on a map. */
final class PreparedImplicit implements PreparedSlice {
    private final Tensor next;
    private final Linearization at;
    private final Program toSolution;
    private final Program leave;
    private final List<Runnable> beforeAdjoint = new ArrayList<>();
    private final Solver.Solve adjoint;
    private final List<Runnable> afterAdjoint = new ArrayList<>();

    /**
     * @param from z*, where the solver stopped; not written before the backward pass is done
     * @param d [B, …], the gradient of the state, shared with other slices
     * @param loss of the supervised states, of which this slice's has number {@code first}
     */
    PreparedImplicit(
            DifferentiableMap map,
            ImplicitGradient gradient,
            Tensor from,
            Tensor d,
            StateLoss loss,
            int first) {
        Backend backend = map.backend();
        Tensor here = backend.allocate(from.shape());
        Tensor cotangent = backend.allocate(from.shape());
        next = backend.allocate(from.shape());
        at = map.linearization(here, d);
        toSolution = backend.record("to the solution", k -> k.copy(from, here));
        leave = backend.record("leave", k -> k.copy(at.next(), next));
        AdjointMap equation = new AdjointMap(backend, at, d, cotangent);
        adjoint = gradient.backward().prepare(equation);
        beforeAdjoint.add(backend.record("clear cotangent", k -> k.fill(0, cotangent))::run);
        loss.record(first, next, cotangent).forEach(each -> beforeAdjoint.add(each::run));
        if (gradient.jacobian() == ImplicitGradient.Jacobian.NEW_STATE) {
            beforeAdjoint.add(backend.record("to the new state", k -> k.copy(next, here))::run);
            beforeAdjoint.add(at::evaluate);
            afterAdjoint.add(toSolution::run);
            afterAdjoint.add(at::evaluate);
        }
        beforeAdjoint.add(
                backend.record("clear the adjoint", k -> k.fill(0, equation.state()))::run);
        afterAdjoint.add(backend.record("use the adjoint", k -> k.copy(adjoint.best(), d))::run);
        afterAdjoint.add(at.pullBackAll());
    }

    @Override
    public List<Tensor> states() {
        return List.of(next);
    }

    @Override
    public Tensor last() {
        return next;
    }

    @Override
    public void forward() {
        toSolution.run();
        at.evaluate();
        leave.run();
    }

    @Override
    public List<Statistics> backward() {
        beforeAdjoint.forEach(Runnable::run);
        Statistics statistics = adjoint.run();
        afterAdjoint.forEach(Runnable::run);
        return List.of(statistics);
    }
}
