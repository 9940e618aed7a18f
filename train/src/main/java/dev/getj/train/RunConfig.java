package dev.getj.train;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.model.ConfigJson;
import dev.getj.model.Estimator;
import dev.getj.model.ModelConfig;
import dev.getj.model.Objective;
import dev.getj.model.Precision;
import dev.getj.model.WeightsFile;
import dev.getj.solver.Anderson;
import dev.getj.solver.Broyden;
import dev.getj.solver.FixedPointIteration;
import dev.getj.solver.Solver;
import dev.getj.solver.Weighting;

import java.util.Map;
import java.util.Optional;

/**
 * Everything needed to repeat a run.
 *
 * @param pairs where the pair set lies
 * @param batch pairs of one step
 * @param steps at which the run is complete
 * @param seed of initial weights, order of the pairs and z₀
 * @param recompute trade time for memory
 * @param saveEvery steps between checkpoints
 * @param sampleEvery steps between sample grids
 * @param schedule of the learning rate after the warm-up
 * @param heldOut pairs at the end of the set that are not learned from, but measured on
 * @param evalEvery steps between measurements, if pairs are held out
 * @param precision of products and attention, in training and for the sample grids
 * @param initFromTeacher the teacher whose weights it began with; empty if they were drawn
 */
public record RunConfig(
        ModelConfig model,
        String pairs,
        Objective objective,
        OptimizerSettings optimizer,
        int batch,
        long steps,
        long seed,
        boolean recompute,
        long saveEvery,
        long sampleEvery,
        RateSchedule schedule,
        long heldOut,
        long evalEvery,
        Precision precision,
        String initFromTeacher)
        implements RunSettings {
    /** Steps between measurements unless told otherwise. */
    public static final long EVAL_EVERY = 500;

    private static final ObjectMapper MAPPER =
            SettingsJson.mapper()
                    .addMixIn(Estimator.class, Estimators.class)
                    .addMixIn(Solver.class, Solvers.class)
                    .addMixIn(Weighting.class, Weightings.class)
                    .build();

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "estimator")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Estimator.Unrolled.class, name = "unrolled"),
        @JsonSubTypes.Type(value = Estimator.Truncated.class, name = "truncated"),
        @JsonSubTypes.Type(value = Estimator.Phantom.class, name = "phantom"),
        @JsonSubTypes.Type(value = Estimator.Implicit.class, name = "implicit")
    })
    private interface Estimators {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "method")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = FixedPointIteration.class, name = "fixed-point"),
        @JsonSubTypes.Type(value = Anderson.class, name = "anderson"),
        @JsonSubTypes.Type(value = Broyden.class, name = "broyden")
    })
    private interface Solvers {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "rule")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Weighting.Exponential.class, name = "exponential"),
        @JsonSubTypes.Type(value = Weighting.Linear.class, name = "linear"),
        @JsonSubTypes.Type(value = Weighting.Constant.class, name = "constant")
    })
    private interface Weightings {}

    /**
     * @throws IllegalArgumentException naming the first value outside its range
     */
    public RunConfig {
        RunSettings.requireBatch(batch, model.pixels());
        RunSettings.require(steps, "the number of steps");
        RunSettings.require(saveEvery, "the steps between checkpoints");
        RunSettings.require(sampleEvery, "the steps between sample grids");
        RunSettings.require(evalEvery, "the steps between measurements");
        if (heldOut < 0) {
            throw new IllegalArgumentException(
                    "the number of pairs held out must be at least 0, not " + heldOut);
        }
        if (precision == Precision.MIXED && mixedObstacle(objective).isPresent()) {
            throw new IllegalArgumentException(mixedObstacle(objective).get());
        }
    }

    /** Why an objective cannot be trained for in mixed precision, where it cannot. */
    public static Optional<String> mixedObstacle(Objective objective) {
        return objective.jacobianPenalty() > 0
                ? Optional.of(
                        "the Jacobian penalty needs --precision float32: its gradient is a"
                                + " difference of two gradients, of which 16 bits leave nothing")
                : Optional.empty();
    }

    /** In floats at a constant rate, learning from all pairs. */
    public RunConfig(
            ModelConfig model,
            String pairs,
            Objective objective,
            OptimizerSettings optimizer,
            int batch,
            long steps,
            long seed,
            boolean recompute,
            long saveEvery,
            long sampleEvery) {
        this(
                model,
                pairs,
                objective,
                optimizer,
                batch,
                steps,
                seed,
                recompute,
                saveEvery,
                sampleEvery,
                RateSchedule.CONSTANT,
                0,
                EVAL_EVERY,
                Precision.FLOAT32,
                "");
    }

    /** Holding out so many pairs, measured every so many steps. */
    public RunConfig withHeldOut(long pairs, long every) {
        return new RunConfig(
                model,
                this.pairs,
                objective,
                optimizer,
                batch,
                steps,
                seed,
                recompute,
                saveEvery,
                sampleEvery,
                schedule,
                pairs,
                every,
                precision,
                initFromTeacher);
    }

    public RunConfig withSteps(long newSteps) {
        return new RunConfig(
                model,
                pairs,
                objective,
                optimizer,
                batch,
                newSteps,
                seed,
                recompute,
                saveEvery,
                sampleEvery,
                schedule,
                heldOut,
                evalEvery,
                precision,
                initFromTeacher);
    }

    public RunConfig withPrecision(Precision other) {
        return new RunConfig(
                model,
                pairs,
                objective,
                optimizer,
                batch,
                steps,
                seed,
                recompute,
                saveEvery,
                sampleEvery,
                schedule,
                heldOut,
                evalEvery,
                other,
                initFromTeacher);
    }

    @Override
    public String describe() {
        return RunSettings.describe(model.describe(), precision);
    }

    @Override
    public double rate(long step) {
        return schedule.rate(optimizer, step, steps);
    }

    @Override
    public boolean isMeasured(long step) {
        return heldOut > 0 && (step == steps || step % evalEvery == 0);
    }

    /**
     * How many of a set's pairs are learned from: the first ones.
     *
     * @param count pairs of the set
     * @throws GetjException if all are held out
     */
    public long learned(long count) {
        if (heldOut >= count) {
            throw new GetjException(
                    "--held-out %s leaves none of %s pairs to learn from"
                            .formatted(heldOut, count));
        }
        return count - heldOut;
    }

    @Override
    public Map<String, String> networkMetadata() {
        return Map.of("config", ConfigJson.write(model));
    }

    @Override
    public void requireNetworkOf(SafetensorsFile file) {
        ModelConfig other = WeightsFile.config(file);
        if (!other.equals(model)) {
            throw new GetjException(
                    "%s holds %s, but the run trains %s"
                            .formatted(file.path(), other.describe(), model.describe()));
        }
    }

    @Override
    public String items() {
        return "pairs";
    }

    @Override
    public String json() {
        return SettingsJson.versioned(MAPPER, this);
    }

    /**
     * Reads what {@link #json} wrote.
     *
     * @param source where it stands, for the error message
     * @throws GetjException if it is damaged
     */
    public static RunConfig parse(String json, String source) {
        return SettingsJson.parse(MAPPER, RunConfig.class, json, source);
    }
}
