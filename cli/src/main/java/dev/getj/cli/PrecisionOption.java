package dev.getj.cli;

import dev.getj.kernels.Backend;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.Precision;
import dev.getj.model.PrecisionChoice;
import dev.getj.train.distributed.Ranks;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code --precision}. */
final class PrecisionOption {
    static final String NAME = "--precision";

    @Option(
            names = NAME,
            paramLabel = "float32|tf32|mixed",
            converter = Converter.class,
            description =
                    "mixed: products and attention take factors of 16 bits, on tensor cores; tf32:"
                            + " floats, of which cuBLASLt takes 11 significant bits; CUDA only"
                            + " (default: mixed for sample, serve, eval, bench, profile, train,"
                            + " teacher train and teacher sample on a CUDA device with tensor"
                            + " cores, else float32).")
    private Precision precision;

    /** What is asked for. */
    Optional<Precision> asked() {
        return Optional.ofNullable(precision);
    }

    /** What is asked for, or float32: for commands that compare numbers, or keep them as data. */
    Precision orFloats() {
        return asked().orElse(Precision.FLOAT32);
    }

    /**
     * What is asked for, or what is usual where images are sampled; says so if that is mixed, or if
     * the network stands against it.
     */
    PrecisionChoice sampling(CommonOptions common) {
        return sampling(common, List.of());
    }

    /**
     * As above, of networks that compute in one precision.
     *
     * @param others beside the one for which is chosen
     */
    PrecisionChoice sampling(CommonOptions common, List<ParameterTable> others) {
        return (backend, table) ->
                chosen(
                        common,
                        backend,
                        it ->
                                Stream.concat(Stream.of(table), others.stream())
                                        .flatMap(
                                                each -> it.samplingObstacle(backend, each).stream())
                                        .findFirst());
    }

    /**
     * As above, of one network on several processes.
     *
     * @throws dev.getj.io.GetjException in the choice, if it differs between them
     */
    PrecisionChoice sampling(CommonOptions common, Ranks ranks) {
        return (backend, table) -> {
            Precision chosen = sampling(common).of(backend, table);
            ranks.requireSame(new TreeMap<>(Map.of("the precision", chosen.toString())));
            return chosen;
        };
    }

    /**
     * What is asked for, or what is usual where a network is trained; says so if that is mixed, or
     * if the network stands against it.
     *
     * @param obstacle to mixed precision in what is trained for, where there is one
     */
    Precision training(
            CommonOptions common,
            Backend backend,
            ModelConfig network,
            ParameterTable table,
            Optional<String> obstacle) {
        return chosen(
                common, backend, it -> obstacle.or(() -> it.obstacle(backend, network, table)));
    }

    private Precision chosen(
            CommonOptions common, Backend backend, Function<Precision, Optional<String>> obstacle) {
        if (precision != null) {
            return precision;
        }
        Precision usual = Precision.usual(backend);
        Optional<String> against =
                usual == Precision.MIXED ? obstacle.apply(usual) : Optional.empty();
        against.ifPresent(reason -> common.note("precision float32: " + reason));
        return against.isPresent() ? Precision.FLOAT32 : told(common, usual);
    }

    /** What is asked for, or usual, where a network is timed at a work. */
    Precision of(
            StepOptions.Work work, CommonOptions common, Backend backend, ModelConfig network) {
        ParameterTable table = new ParameterTable(network);
        return switch (work) {
            case SAMPLE -> sampling(common).of(backend, table);
            case TRAIN -> training(common, backend, network, table, Optional.empty());
        };
    }

    private static Precision told(CommonOptions common, Precision usual) {
        if (usual == Precision.MIXED) {
            common.note("precision mixed, on tensor cores; --precision float32 for floats alone");
        }
        return usual;
    }

    /**
     * Refuses another precision than float32.
     *
     * @param why what computes in float32, and for what reason
     */
    void requireFloats(CommonOptions common, String why) {
        if (orFloats() != Precision.FLOAT32) {
            throw common.wrongUsage("--precision %s: %s".formatted(precision, why));
        }
    }

    /** Reads the option's value. */
    static final class Converter implements ITypeConverter<Precision> {
        @Override
        public Precision convert(String value) {
            for (Precision precision : Precision.values()) {
                if (precision.toString().equalsIgnoreCase(value)) {
                    return precision;
                }
            }
            throw new TypeConversionException(
                    "'%s' is none of %s"
                            .formatted(
                                    value,
                                    Arrays.stream(Precision.values())
                                            .map(Precision::toString)
                                            .collect(Collectors.joining(", "))));
        }
    }
}
