package dev.getj.sample;

import dev.getj.kernels.Backend;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.solver.FixedPointMap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Takes the time of each evaluation of a map from which samples leave, to tell what that saves. */
final class TimedMap implements FixedPointMap {
    private final FixedPointMap map;
    private final List<Long> whole = new ArrayList<>();
    private final List<Long> smaller = new ArrayList<>();
    private boolean everyone = true;

    TimedMap(FixedPointMap map) {
        this.map = map;
    }

    /**
     * How much longer the last solve would have taken had all samples stayed until the last one was
     * done: every evaluation with fewer samples, against the median of those with all.
     */
    double secondsSaved() {
        long[] sorted = whole.stream().mapToLong(Long::longValue).sorted().toArray();
        long median = sorted.length == 0 ? 0 : sorted[sorted.length / 2];
        return smaller.stream().mapToLong(nanos -> median - nanos).sum() * 1e-9;
    }

    @Override
    public Backend backend() {
        return map.backend();
    }

    @Override
    public Tensor state() {
        return map.state();
    }

    @Override
    public Tensor next() {
        return map.next();
    }

    @Override
    public void only(boolean[] wanted) {
        boolean[] all = new boolean[wanted.length];
        Arrays.fill(all, true);
        everyone = Arrays.equals(all, wanted);
        if (everyone) {
            whole.clear();
            smaller.clear();
        }
        map.only(wanted);
    }

    @Override
    public void apply() {
        long begin = System.nanoTime();
        map.apply();
        (everyone ? whole : smaller).add(System.nanoTime() - begin);
    }
}
