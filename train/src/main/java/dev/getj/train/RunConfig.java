package dev.getj.train;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;

import dev.getj.io.GetjException;
import dev.getj.model.Estimator;
import dev.getj.model.ModelConfig;
import dev.getj.model.Objective;
import dev.getj.solver.Anderson;
import dev.getj.solver.Broyden;
import dev.getj.solver.FixedPointIteration;
import dev.getj.solver.Solver;
import dev.getj.solver.Weighting;

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
        long sampleEvery) {
    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .addMixIn(Estimator.class, Estimators.class)
                    .addMixIn(Solver.class, Solvers.class)
                    .addMixIn(Weighting.class, Weightings.class)
                    .build();

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "estimator")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Estimator.Unrolled.class, name = "unrolled"),
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
        require(batch, "the batch");
        require(steps, "the number of steps");
        require(saveEvery, "the steps between checkpoints");
        require(sampleEvery, "the steps between sample grids");
    }

    private static void require(long value, String what) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be at least 1, not " + value);
        }
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
                sampleEvery);
    }

    /** Indented JSON. */
    public String json() {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads what {@link #json} wrote.
     *
     * @param source where it stands, for the error message
     * @throws GetjException if it is damaged
     */
    public static RunConfig parse(String json, String source) {
        try {
            RunConfig config = MAPPER.readValue(json, RunConfig.class);
            if (config == null) {
                throw new GetjException(source + " is damaged: it holds no configuration");
            }
            return config;
        } catch (JsonProcessingException e) {
            throw new GetjException(source + " is damaged: " + e.getOriginalMessage(), e);
        }
    }
}
