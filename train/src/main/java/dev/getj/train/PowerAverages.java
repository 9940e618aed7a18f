package dev.getj.train;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;

import java.util.ArrayList;
import java.util.List;

/**
 * Two averages of a run's weights by {@link PowerProfile}, of which snapshots are kept: from those
 * {@link ChosenAverage} makes an average of any length.
 */
final class PowerAverages {
    /** Relative lengths as in the paper. */
    static final List<PowerProfile> PROFILES =
            List.of(PowerProfile.ofLength(0.05), PowerProfile.ofLength(0.1));

    private final ParameterTable table;
    private final Tensor averages;
    private final List<Tensor> factors = new ArrayList<>();
    private final Program update;

    /**
     * Records what {@link #update} runs.
     *
     * @param weights read by it
     */
    PowerAverages(Backend backend, Parameters weights) {
        table = weights.table();
        int size = table.size();
        int sets = PROFILES.size() + 1;
        // the averages, and behind them the weights that they are combined with
        averages = backend.allocate(sets, 1, size);
        Tensor next = backend.allocate(1, size);
        Tensor current = averages.view(PROFILES.size() * size, size);
        PROFILES.forEach(_ -> factors.add(backend.allocate(1, sets)));
        update =
                backend.record(
                        "averages of powers",
                        k -> {
                            k.copy(weights.flat(), current);
                            for (int i = 0; i < factors.size(); i++) {
                                k.combine(factors.get(i), averages, 0, next);
                                k.copy(next, average(i));
                            }
                        });
    }

    /** The weights have taken step {@code step}, counted from 1. */
    void update(long step) {
        for (int i = 0; i < factors.size(); i++) {
            float[] values = new float[PROFILES.size() + 1];
            double kept = PROFILES.get(i).kept(step);
            values[i] = (float) kept;
            values[PROFILES.size()] = (float) (1 - kept);
            factors.get(i).set(values);
        }
        update.run();
    }

    private Tensor average(int profile) {
        return averages.view(profile * table.size(), table.size());
    }

    ParameterTable table() {
        return table;
    }

    /** A parameter's average by a profile. */
    Tensor of(int profile, ParameterTable.Entry entry) {
        return averages.view(profile * table.size() + entry.offset(), entry.size());
    }
}
