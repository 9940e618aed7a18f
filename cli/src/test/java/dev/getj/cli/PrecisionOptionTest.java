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

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** Which precision is used where none is asked for. */
class PrecisionOptionTest {
    private static final String MIXED =
            "getj: precision mixed, on tensor cores; --precision float32 for floats alone\n";

    /** Says what a command that samples or trains would compute in. */
    @Command(name = "precision")
    private static final class Probe implements Callable<Integer> {
        private final Backend backend;
        private final Optional<ModelConfig> trained;
        private final Optional<String> obstacle;

        @Mixin private CommonOptions common;
        @Mixin private PrecisionOption precision;

        private Probe(Backend backend, Optional<ModelConfig> trained, Optional<String> obstacle) {
            this.backend = backend;
            this.trained = trained;
            this.obstacle = obstacle;
        }

        @Override
        public Integer call() {
            Precision used =
                    trained.map(
                                    it ->
                                            precision.training(
                                                    common,
                                                    backend,
                                                    it,
                                                    new ParameterTable(it),
                                                    obstacle))
                            .orElseGet(() -> precision.sampling(common, backend));
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
        return Run.with(new Probe(backend, Optional.empty(), Optional.empty()), words(more));
    }

    private static Run training(ModelConfig network, Optional<String> obstacle, String... more) {
        return Run.with(new Probe(DEVICE, Optional.of(network), obstacle), words(more));
    }

    private static String[] words(String... more) {
        return Stream.concat(Stream.of("precision"), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void mixedOnADeviceThatCan() {
        assertUses("mixed", MIXED, sampling(DEVICE));
        assertUses("mixed", MIXED, training(network(4), Optional.empty()));
        assertEquals(
                Check.ok("precision", "mixed by default on cuda:0, which has tensor cores"),
                Checks.precision(DEVICE));
    }

    @Test
    void whatIsAskedForWithoutANote() {
        assertUses("float32", "", sampling(DEVICE, "--precision", "float32"));
        assertUses("tf32", "", sampling(DEVICE, "--precision", "tf32"));
        assertUses("mixed", "", training(network(1), Optional.empty(), "--precision", "mixed"));
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
                training(network(1), Optional.empty()));
        assertUses(
                "float32",
                "getj: precision float32: a penalty\n",
                training(network(4), Optional.of("a penalty")));
    }

    /** 256 wide, with so many heads. */
    private static ModelConfig network(int heads) {
        return new ModelConfig(
                "of heads",
                new ModelConfig.Images(4, 2, 0),
                new ModelConfig.Token(2, 256, heads),
                new ModelConfig.Stack(1, 2),
                new ModelConfig.Vit());
    }
}
