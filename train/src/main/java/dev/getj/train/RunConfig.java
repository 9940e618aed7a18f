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
 * @param source what it learns from
 * @param learning how
 * @param course how far it goes; its seed is that of initial weights, order of the pairs and z₀
 * @param digests of the weights that it needs beside its own
 */
public record RunConfig(
        ModelConfig model,
        Source source,
        Learning learning,
        Course course,
        Computing computing,
        WeightsDigests digests)
        implements RunSettings {
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
        RunSettings.requireBatch(course.batch(), model.pixels());
        learning.dropout().requireFit(model);
        if (computing.precision() == Precision.MIXED
                && mixedObstacle(learning.objective()).isPresent()) {
            throw new IllegalArgumentException(mixedObstacle(learning.objective()).get());
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

    /** Which needs no weights beside its own, or whose digests are still to be taken. */
    public RunConfig(
            ModelConfig model,
            Source source,
            Learning learning,
            Course course,
            Computing computing) {
        this(model, source, learning, course, computing, WeightsDigests.NONE);
    }

    /** Holding out so many pairs, measured every so many steps. */
    public RunConfig withHeldOut(long pairs, long every) {
        return with(new Source(source.pairs(), source.fresh(), pairs, every));
    }

    public RunConfig with(Source other) {
        return new RunConfig(model, other, learning, course, computing, digests);
    }

    public RunConfig with(Learning other) {
        return new RunConfig(model, source, other, course, computing, digests);
    }

    public RunConfig withSteps(long newSteps) {
        return new RunConfig(
                model, source, learning, course.withSteps(newSteps), computing, digests);
    }

    public RunConfig withPrecision(Precision other) {
        return new RunConfig(
                model,
                source,
                learning,
                course,
                new Computing(computing.recompute(), other),
                digests);
    }

    public RunConfig with(WeightsDigests other) {
        return new RunConfig(model, source, learning, course, computing, other);
    }

    public Objective objective() {
        return learning.objective();
    }

    @Override
    public OptimizerSettings optimizer() {
        return learning.optimizer();
    }

    @Override
    public String describe() {
        return RunSettings.describe(model.describe(), computing.precision());
    }

    @Override
    public long averagesEvery() {
        return learning.averagesEvery();
    }

    @Override
    public double rate(long step) {
        return learning.schedule().rate(optimizer(), step, steps());
    }

    @Override
    public boolean isMeasured(long step) {
        return source.heldOut() > 0 && (step == steps() || step % source.evalEvery() == 0);
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
        return SettingsJson.versioned(MAPPER, RunJson.of(this));
    }

    /**
     * Reads what {@link #json} wrote.
     *
     * @param source where it stands, for the error message
     * @throws GetjException if it is damaged
     */
    public static RunConfig parse(String json, String source) {
        RunJson read = SettingsJson.parse(MAPPER, RunJson.class, json, source);
        return SettingsJson.made(read::config, source);
    }
}
