package dev.getj.train;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.OptimizerOp;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.Factors;
import dev.getj.model.Parameters;

/** AdamW and the exponential moving average of the weights, over the flat tensors of a network. */
public final class Optimizer {
    private final OptimizerSettings settings;
    private final Trained trained;
    private final Parameters average;
    private final Tensor step;
    private final float[] hostStep = new float[OptimizerOp.ADAMW_SETTINGS];
    private final Program update;

    /**
     * @param trained modified by {@link #update}
     * @param factors of these weights; if they have 16 bits, {@link #update} rounds them, too
     * @param gradients read by {@link #update}
     */
    public Optimizer(
            Backend backend,
            OptimizerSettings settings,
            Trained trained,
            Factors factors,
            Parameters gradients) {
        this.settings = settings;
        this.trained = trained;
        Parameters weights = trained.weights();
        average = new Parameters(backend, weights.table());
        step = backend.allocate(OptimizerOp.ADAMW_SETTINGS);
        update =
                backend.record(
                        "update",
                        k -> {
                            k.adamW(
                                    step,
                                    gradients.trained(),
                                    weights.trained(),
                                    trained.firstMoment().trained(),
                                    trained.secondMoment().trained(),
                                    factors.rounded().map(Parameters::trained).orElse(null));
                            k.ema(weights.trained(), settings.emaDecay(), average.trained());
                        });
    }

    /** Sets the average to the weights as they are: at the beginning of a run. */
    public void startAverage() {
        // through the host, so that nothing runs before all is recorded
        average.flat().set(trained.weights().flat().get());
    }

    /** One step of AdamW and EMA with the current gradients; {@code number} counts from 1. */
    public void update(long number) {
        update(number, settings.rate(number), 1);
    }

    /**
     * As {@link #update(long)}, at another learning rate and with the gradients scaled. Moments are
     * linear in gradients and in their squares, so their factors take the scale.
     */
    void update(long number, double rate, double scale) {
        hostStep[0] = (float) rate;
        hostStep[1] = (float) settings.beta1();
        hostStep[2] = (float) ((1 - settings.beta1()) * scale);
        hostStep[3] = (float) settings.beta2();
        hostStep[4] = (float) ((1 - settings.beta2()) * scale * scale);
        hostStep[5] = (float) settings.epsilon();
        hostStep[6] = (float) settings.weightDecay();
        hostStep[7] = (float) (1 - Math.pow(settings.beta1(), number));
        hostStep[8] = (float) (1 - Math.pow(settings.beta2(), number));
        step.set(hostStep);
        update.run();
    }

    /** The averaged weights: the ones to sample with. */
    public Parameters average() {
        return average;
    }

    public Parameters firstMoment() {
        return trained.firstMoment();
    }

    public Parameters secondMoment() {
        return trained.secondMoment();
    }
}
