package dev.getj.cli;

import dev.getj.sample.WeightsLocation;
import dev.getj.train.FeatureTerm;

import picocli.CommandLine.Option;

import java.util.Objects;
import java.util.Optional;

/** A loss beside that of the pixels. */
final class FeatureLossOptions {
    @Option(
            names = "--feature-loss",
            paramLabel = "C",
            description =
                    "Add the distance of features of a classifier: run directory of getj classifier"
                            + " train, its weights, "
                            + WeightsLocation.SHIPPED
                            + ". Judge by another one.")
    private WeightsLocation classifier;

    @Option(
            names = "--feature-weight",
            paramLabel = "X",
            description = "Weight of the feature loss (default: 1).")
    private Double weight;

    /** Where the classifier lies, if one is named. */
    Optional<WeightsLocation> classifier() {
        return Optional.ofNullable(classifier);
    }

    /**
     * @throws picocli.CommandLine.ParameterException if there is a weight alone
     */
    Optional<FeatureTerm> term(CommonOptions common) {
        if (classifier == null && weight != null) {
            throw common.wrongUsage("--feature-weight needs --feature-loss, what it weighs");
        }
        return Optional.ofNullable(classifier)
                .map(
                        it ->
                                new FeatureTerm(
                                        FreshOptions.absolute(it),
                                        Objects.requireNonNullElse(weight, 1.0)));
    }
}
