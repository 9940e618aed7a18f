package dev.getj.kernels.tornado.runtime;

import dev.getj.kernels.CompilationListener;

import java.util.BitSet;
import java.util.List;

/** Which graphs have run, and hence are compiled, and how long their first runs took. */
final class FirstRuns {
    private final CompilationListener listener;
    private final int[] kernels;
    private final int recorded;
    private final BitSet ran = new BitSet();
    private int compiled;
    private long nanos;
    private boolean told;

    /**
     * @param programs tasks of each graph, from the first on; graphs beyond them count no kernels
     */
    FirstRuns(List<List<DeviceTask>> programs, CompilationListener listener) {
        this.listener = listener;
        kernels = programs.stream().mapToInt(List::size).toArray();
        recorded = programs.stream().mapToInt(List::size).sum();
    }

    void run(int graph, Runnable execution) {
        if (ran.get(graph)) {
            execution.run();
            return;
        }
        long start = System.nanoTime();
        execution.run();
        nanos += System.nanoTime() - start;
        ran.set(graph);
        if (graph < kernels.length) {
            compiled += kernels[graph];
            listener.compiled(compiled, recorded, nanos * 1e-9);
            if (compiled == recorded) {
                finish();
            }
        }
    }

    /** No more will run. */
    void finish() {
        if (!told && compiled > 0) {
            told = true;
            listener.finished(compiled, nanos * 1e-9);
        }
    }
}
