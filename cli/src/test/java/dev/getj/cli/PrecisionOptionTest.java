package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.getj.kernels.Backend;
import dev.getj.kernels.ForwardingBackend;
import dev.getj.kernels.device.Backends;
import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.Precision;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** Which precision is used where none is asked for. */
class PrecisionOptionTest {
    private static final String MIXED =
            "getj: precision mixed, on tensor cores; --precision float32 for floats alone\n";

    /** What a command does with a network. */
    private enum Use {
        SAMPLING {
            @Override
            Precision precision(Probe probe) {
                return probe.precision.sampling(probe.common).of(probe.backend, probe.table());
            }
        },
        TRAINING {
            @Override
            Precision precision(Probe probe) {
                return probe.precision.training(
                        probe.common, probe.backend, probe.network, probe.table(), probe.obstacle);
            }
        },
        TIMED_SAMPLING {
            @Override
            Precision precision(Probe probe) {
                return probe.timed(StepOptions.Work.SAMPLE);
            }
        },
        TIMED_TRAINING {
            @Override
            Precision precision(Probe probe) {
                return probe.timed(StepOptions.Work.TRAIN);
            }
        };

        abstract Precision precision(Probe probe);
    }

    /** Says what a command would compute in. */
    @Command(name = "precision")
    private static final class Probe implements Callable<Integer> {
        private final Use use;
        private final Backend backend;
        private final ModelConfig network;
        private final Optional<String> obstacle;

        @Mixin private CommonOptions common;
        @Mixin private PrecisionOption precision;

        private Probe(Use use, Backend backend, ModelConfig network, Optional<String> obstacle) {
            this.use = use;
            this.backend = backend;
            this.network = network;
            this.obstacle = obstacle;
        }

        private ParameterTable table() {
            return new ParameterTable(network);
        }

        private Precision timed(StepOptions.Work work) {
            return precision.of(work, common, backend, network);
        }

        @Override
        public Integer call() {
            Precision used = use.precision(this);
            common.print(used.toString(), used::toString);
            return 0;
        }
    }

    /** As a device with tensor cores presents itself. */
    private static final class Device extends ForwardingBackend {
        Device() {
            super(new ReferenceBackend());
        }

        @Override
        public String id() {
            return "cuda:0";
        }

        @Override
        public boolean compiles() {
            return true;
        }

        @Override
        public boolean mixes() {
            return true;
        }
    }

    private static final Backend DEVICE = new Device();

    private static void assertUses(String used, String told, Run run) {
        assertEquals(used + "\n", run.out());
        assertEquals(told, run.err());
    }

    private static Run sampling(Backend backend, String... more) {
        return run(Use.SAMPLING, backend, network(256, 4, 2), more);
    }

    private static Run training(ModelConfig network, Optional<String> obstacle, String... more) {
        return Run.with(new Probe(Use.TRAINING, DEVICE, network, obstacle), words(more));
    }

    private static Run run(Use use, Backend backend, ModelConfig network, String... more) {
        return Run.with(new Probe(use, backend, network, Optional.empty()), words(more));
    }

    private static String[] words(String... more) {
        return Stream.concat(Stream.of("precision"), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void mixedOnADeviceThatCan() {
        assertUses("mixed", MIXED, sampling(DEVICE));
        assertUses("mixed", MIXED, training(network(256, 4, 2), Optional.empty()));
        assertEquals(
                Check.ok("precision", "mixed by default on cuda:0, which has tensor cores"),
                Checks.precision(DEVICE));
    }

    @Test
    void whatIsAskedForWithoutANote() {
        assertUses("float32", "", sampling(DEVICE, "--precision", "float32"));
        assertUses("tf32", "", sampling(DEVICE, "--precision", "tf32"));
        assertUses(
                "mixed",
                "",
                training(network(256, 1, 2), Optional.empty(), "--precision", "mixed"));
    }

    @Test
    void floatsElsewhere() {
        try (Backend jvm = Backends.jvm(1);
                Backend reference = new ReferenceBackend()) {
            assertUses("float32", "", sampling(jvm));
            assertUses("float32", "", sampling(reference));
            assertEquals(
                    "float32 on jvm, which has no tensor cores that getj uses",
                    Checks.precision(jvm).found());
        }
    }

    @Test
    void floatsWhereTheNetworkOrItsObjectiveStandsAgainstIt() {
        assertUses(
                "float32",
                "getj: precision float32: --precision mixed trains heads whose depth is a multiple"
                        + " of 4 up to 64, those of this network are 256 deep: use --precision"
                        + " float32\n",
                training(network(256, 1, 2), Optional.empty()));
        assertUses(
                "float32",
                "getj: precision float32: a penalty\n",
                training(network(256, 4, 2), Optional.of("a penalty")));
    }

    @ParameterizedTest
    @EnumSource
    void floatsWhereNoProductTakesTheWidth(Use use) {
        assertUses(
                "float32",
                "getj: precision float32: --precision mixed needs widths that are multiples of 4,"
                        + " blocks.0.mlp.fc1.weight is 6 x 4: use --precision float32\n",
                run(use, DEVICE, network(4, 1, 1.5)));
    }

    /** Heads too deep to be trained in 16 bits are sampled in them, attention in float32. */
    @ParameterizedTest
    @EnumSource
    void deepHeadsStandAgainstTrainingAlone(Use use) {
        boolean trains = use == Use.TRAINING || use == Use.TIMED_TRAINING;
        assertEquals(trains ? "float32\n" : "mixed\n", run(use, DEVICE, network(256, 1, 2)).out());
    }

    /** A network may be refused in a precision that was asked for: another one is not taken. */
    @ParameterizedTest
    @EnumSource
    void whatIsAskedForIsNotChanged(Use use) {
        assertUses("mixed", "", run(use, DEVICE, network(4, 1, 1.5), "--precision", "mixed"));
    }

    private static ModelConfig network(int width, int heads, double ratio) {
        return new ModelConfig(
                "of heads",
                new ModelConfig.Images(4, 2, 0),
                new ModelConfig.Token(2, width, heads),
                new ModelConfig.Stack(1, ratio),
                new ModelConfig.Vit());
    }
}
