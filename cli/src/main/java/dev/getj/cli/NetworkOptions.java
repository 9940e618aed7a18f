package dev.getj.cli;

import dev.getj.io.SafetensorsFile;
import dev.getj.model.ModelConfig;
import dev.getj.model.WeightsFile;
import dev.getj.sample.WeightsLocation;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The network of a command that needs its sizes alone: a preset, or that of a file of weights. */
final class NetworkOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Spec(Spec.Target.SELF)
    private CommandSpec self;

    @Mixin private ModelOptions model;

    @ArgGroup(multiplicity = "0..1")
    private WeightsSource source;

    /**
     * The network that the options describe, for images of CIFAR unless they say otherwise.
     *
     * @throws ParameterException if sizes are given beside weights
     * @throws dev.getj.io.GetjException if the weights cannot be read
     */
    ModelConfig config() {
        if (source == null) {
            return model.config(ModelOptions.CIFAR, ModelConfig.Start.NOISE);
        }
        for (OptionSpec option : command.commandLine().getParseResult().matchedOptions()) {
            if (self.mixins().get("model").options().contains(option)) {
                throw new ParameterException(
                        command.commandLine(),
                        option.longestName()
                                + " cannot be given with --weights or --run, which have sizes of"
                                + " their own");
            }
        }
        try (SafetensorsFile file = source.location().open(WeightsLocation.Network.STUDENT)) {
            return WeightsFile.config(file);
        }
    }
}
