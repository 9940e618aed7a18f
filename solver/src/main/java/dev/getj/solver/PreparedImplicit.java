package dev.getj.solver;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;

import java.util.List;

/** {@link ImplicitGradient} on a map. */
final class PreparedImplicit implements PreparedSlice {
    private final Solver.Solve solve;
    private final boolean atNewState;
    private final Linearization at;
    private final Tensor next;
    private final Tensor cotangent;
    private final Program enter;
    private final Program leave;
    private final Program toSolution;
    private final Program toNewState;
    private final Program clearAdjoint;
    private final Program useAdjoint;
    private final Solver.Solve adjoint;

    /**
     * @param solve what comes first; null for nothing
     */
    PreparedImplicit(DifferentiableMap map, Solver.Solve solve, ImplicitGradient gradient) {
        Backend backend = map.backend();
        this.solve = solve;
        atNewState = gradient.jacobian() == ImplicitGradient.Jacobian.NEW_STATE;
        at = map.linearization();
        Tensor solution = backend.allocate(map.state().shape());
        next = backend.allocate(map.state().shape());
        cotangent = backend.allocate(map.state().shape());
        Tensor first = solve == null ? map.state() : solve.best();
        enter = backend.record("enter", k -> k.copy(first, solution));
        toSolution = backend.record("to the solution", k -> k.copy(solution, at.state()));
        toNewState = backend.record("to the new state", k -> k.copy(next, at.state()));
        leave =
                backend.record(
                        "leave",
                        k -> {
                            k.copy(at.next(), next);
                            k.copy(next, map.state());
                        });
        clearAdjoint = backend.record("clear the adjoint", k -> k.fill(0, at.cotangent()));
        adjoint = gradient.backward().prepare(new AdjointMap(backend, at, cotangent));
        useAdjoint = backend.record("use the adjoint", k -> k.copy(adjoint.best(), at.cotangent()));
    }

    @Override
    public List<Tensor> states() {
        return List.of(next);
    }

    @Override
    public List<Tensor> cotangents() {
        return List.of(cotangent);
    }

    @Override
    public void forward(List<Statistics> statistics) {
        if (solve != null) {
            statistics.add(solve.run());
        }
        enter.run();
        toSolution.run();
        at.evaluate();
        leave.run();
    }

    @Override
    public void backward(List<Statistics> statistics) {
        if (atNewState) {
            toNewState.run();
            at.evaluate();
        }
        clearAdjoint.run();
        statistics.add(adjoint.run());
        if (atNewState) {
            toSolution.run();
            at.evaluate();
        }
        useAdjoint.run();
        at.pullBackAll();
    }
}
