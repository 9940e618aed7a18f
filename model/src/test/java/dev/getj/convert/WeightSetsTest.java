package dev.getj.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.convert.SavedTorch.Operations;
import dev.getj.io.DType;
import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.io.StridedTensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Checkpoints as programs of others save them: what they call weights, and what lies beside. */
class WeightSetsTest {
    private static final Path REFERENCE = Path.of("src/test/resources/reference/ckpt_cond.pth");

    @TempDir Path folder;

    private NamedTensors reference;

    @BeforeEach
    void open() {
        reference = NamedTensors.open(REFERENCE);
    }

    @AfterEach
    void close() {
        reference.close();
    }

    /** A network, all elements times a factor. */
    private Map<String, StridedTensor> network(String prefix, float factor) {
        Map<String, StridedTensor> scaled = new LinkedHashMap<>();
        Weights.under("ema.", reference.tensors())
                .forEach(
                        (name, tensor) -> {
                            float[] values = tensor.floats();
                            for (int i = 0; i < values.length; i++) {
                                values[i] *= factor;
                            }
                            scaled.put(
                                    prefix + name,
                                    StridedTensor.rowMajor(
                                            name,
                                            DType.F32,
                                            tensor.shape(),
                                            MemorySegment.ofArray(values)));
                        });
        return scaled;
    }

    private Conversion convert(Object saved, String which) throws IOException {
        Path in = SavedTorch.save(folder.resolve("in.pth"), saved);
        return Conversion.run(
                new Conversion.Request(
                        in,
                        folder.resolve("out.safetensors"),
                        which == null ? null : new Conversion.Which(which),
                        null,
                        false));
    }

    private String refusal(Object saved, String which) {
        String message =
                assertThrows(GetjException.class, () -> convert(saved, which)).getMessage();
        return message.replace(folder.resolve("in.pth").toString(), "FILE");
    }

    private void assertTaken(float factor) {
        try (SafetensorsFile out = SafetensorsFile.open(folder.resolve("out.safetensors"))) {
            float[] expected = reference.tensors().get("ema.qkv_inj.weight").floats();
            for (int i = 0; i < expected.length; i++) {
                expected[i] *= factor;
            }
            assertArrayEquals(expected, out.floats("qkv_inj.weight"));
            assertTrue(out.metadata().containsKey("config"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ema",
                "ema_model",
                "model_ema",
                "ema_state_dict",
                "params_ema",
                "net_ema",
                "EMA",
                "averaged_model",
                "ema_weights"
            })
    void averagedWeightsAreKnownByTheirNames(String name) throws IOException {
        Conversion done = convert(Map.of(name, network("", 2), "model", network("", 1)), null);
        assertTaken(2);
        assertEquals(
                List.of(
                        "the weights '%s' were taken, not 'model'; --which KEY takes others"
                                .formatted(name)),
                done.notes());
        convert(Map.of(name, network("", 2), "model", network("", 1)), "ema");
        assertTaken(2);
        convert(Map.of(name, network("", 2), "model", network("", 1)), "model");
        assertTaken(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model",
                "model_state_dict",
                "state_dict",
                "net",
                "params",
                "generator",
                "something"
            })
    void theOnlySetIsTakenWhateverItsName(String name) throws IOException {
        Conversion done = convert(Map.of(name, network("module.", 3)), null);
        assertTaken(3);
        assertEquals(List.of("the weights '%s' were taken".formatted(name)), done.notes());
    }

    @ParameterizedTest
    @CsvSource({"model.,ema.,4", "model.,model_ema.module.,4", "module.model.,module.ema.,4"})
    void lightningKeepsBothInOneDict(String model, String ema, float factor) throws IOException {
        Map<String, StridedTensor> both = network(model, 1);
        both.putAll(network(ema, factor));
        convert(Map.of("state_dict", both, "epoch", 3), null);
        assertTaken(factor);
        convert(Map.of("state_dict", both, "epoch", 3), "model");
        assertTaken(1);
    }

    @Test
    void severalSetsAreListedAndTakenByTheirNames() throws IOException {
        Map<String, Object> saved = new LinkedHashMap<>();
        saved.put("first", network("", 1));
        saved.put("second", network("", 2));
        assertEquals(
                "FILE holds several sets of weights: 'first', 'second'; say which with --which KEY,"
                        + " for example --which first",
                refusal(saved, null));
        convert(saved, "second");
        assertTaken(2);
        assertEquals(
                "FILE holds weights as 'first', 'second' only; take them with --which first",
                refusal(saved, "third"));
    }

    @Test
    void averagesOfSeveralDecaysAreTakenByTheirNumbers() throws IOException {
        Map<Object, Object> decays = new LinkedHashMap<>();
        decays.put(0.999, network("", 1));
        decays.put(0.9999, network("", 2));
        Map<String, Object> saved = Map.of("ema", decays);
        assertTrue(refusal(saved, null).contains("'ema.0.999', 'ema.0.9999'"));
        convert(saved, "ema.0.9999");
        assertTaken(2);
    }

    // ---- objects beside weights ----------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    cdnnlib.util\\nEasyDict\\n)\\201(X\\1\\0\\0\\0aK\\1u   | dnnlib.util.EasyDict
                    c__main__\\nConfig\\n)\\201}X\\1\\0\\0\\0aK\\1sb       | __main__.Config
                    cpathlib\\nPosixPath\\n(X\\1\\0\\0\\0atR              | pathlib.PosixPath
                    cdatetime\\ndatetime\\n(C\\2abtR                     | datetime.datetime
                    cmodels\\nKind\\nK\\1\\205R                          | models.Kind
                    cmodels\\nOrdered\\n)R(X\\1\\0\\0\\0aK\\1u            | models.Ordered
                    ctorch.nn.modules.activation\\nReLU\\n               | torch.nn.modules.activation.ReLU
                    ccopyreg\\n_reconstructor\\n(cmodels\\nThing\\nc__builtin__\\nobject\\nNtR | models.Thing
                    """)
    void foreignObjectsAreToldAndLeftUnread(String operations, String name) throws IOException {
        Map<String, Object> saved = new LinkedHashMap<>();
        saved.put("args", new Operations(operations.translateEscapes()));
        saved.put("model", network("", 5));
        Conversion done = convert(saved, null);
        assertTaken(5);
        assertEquals(2, done.notes().size(), done.notes().toString());
        assertTrue(
                done.notes()
                        .getLast()
                        .startsWith("it holds objects of classes that are not read: "),
                done.notes().toString());
        assertTrue(done.notes().getLast().contains(name), done.notes().toString());
    }

    @Test
    void whatKnownContainersHoldIsNotForeign() throws IOException {
        Map<String, Object> saved = new LinkedHashMap<>();
        saved.put("tags", new Operations("c__builtin__\nset\n](K\1K\2e\u0085R"));
        saved.put(
                "fid",
                new Operations(
                        "cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(X\2\0\0\0f8K\0K\1tR"
                                + "C\10\0\0\0\0\0\0\4@tR"));
        saved.put("model", network("", 5));
        assertEquals(List.of("the weights 'model' were taken"), convert(saved, null).notes());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    cos\\nsystem\\nX\\2\\0\\0\\0id\\205R               | the global os.system is not allowed
                    cbuiltins\\neval\\nX\\1\\0\\0\\0a\\205R            | the global builtins.eval is not allowed
                    cmodels\\nload\\nX\\1\\0\\0\\0a\\205R              | it calls the function models.load, which is not allowed
                    c__builtin__\\ngetattr\\n)R                        | the global builtins.getattr is not allowed
                    """)
    void callsBesideWeightsAreStillRefused(String operations, String reason) {
        Map<String, Object> saved = new LinkedHashMap<>();
        saved.put("model", network("", 5));
        saved.put("args", new Operations(operations.translateEscapes()));
        String refusal = refusal(saved, null);
        assertTrue(refusal.contains(reason), refusal);
    }

    @Test
    void anObjectWithoutAnyWeightsSaysWhatToSave() {
        assertEquals(
                "FILE holds no tensors, only objects of classes that are not read (models.Net);"
                        + " save the state_dict() of a model, not the model",
                refusal(new Operations("cmodels\nNet\n)\u0081"), null));
    }

    @Test
    void aTensorOfAnotherTypeIsNamed() {
        Map<String, Object> complex = new LinkedHashMap<>(network("", 1));
        complex.put(
                "blocks.0.attn.qkv.bias",
                new Operations(
                        "ctorch._utils\n"
                            + "_rebuild_tensor_v2\n"
                            + "((X\7\0\0\0storagectorch\n"
                            + "ComplexFloatStorage\n"
                            + "X\1\0\0\0zX\3\0\0\0cpuK\110tQK\0K\110\u0085K\1\u0085\u0089ccollections\n"
                            + "OrderedDict\n"
                            + ")RtR"));
        assertEquals(
                "FILE: 'model.blocks.0.attn.qkv.bias' is of torch.ComplexFloatStorage, the network"
                        + " needs floats; convert it in Python with .float()",
                refusal(Map.of("model", complex), null));
    }

    // ---- heads ---------------------------------------------------------------------------------

    private int heads(Map<String, Object> settings) throws IOException {
        Map<String, Object> saved = new LinkedHashMap<>(settings);
        saved.put("model", network("", 1));
        return convert(saved, null).config().heads();
    }

    @Test
    void theArgumentsOfTheNetworkTellItsHeads() throws IOException {
        Map<String, Object> saved = new LinkedHashMap<>();
        saved.put("teacher_cfg", Map.of("num_heads", 8));
        saved.put("args", new Operations("cargparse\nNamespace\n)\u0081}X\11\0\0\0num_headsK\2sb"));
        saved.put("model", network("", 1));
        Conversion done = convert(saved, null);
        assertEquals(2, done.config().heads());
        assertEquals(
                "2 heads taken from args.num_heads, not teacher_cfg.num_heads = 8; give --heads if"
                        + " that is wrong",
                done.notes().getLast());
    }

    @Test
    void headsThatCannotBeAreOfAnotherNetwork() throws IOException {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("cfg_a", Map.of("num_heads", 5));
        settings.put("cfg_b", Map.of("num_heads", 3));
        assertEquals(3, heads(settings));
    }

    @Test
    void headsThatCannotBeToldAreAskedFor() {
        Map<String, Object> saved = new LinkedHashMap<>();
        saved.put("cfg_a", Map.of("num_heads", 2));
        saved.put("cfg_b", Map.of("num_heads", 3));
        saved.put("model", network("", 1));
        assertEquals(
                "FILE names several numbers of heads (cfg_a.num_heads = 2, cfg_b.num_heads = 3);"
                        + " say which is this network's with --heads",
                refusal(saved, null));
        assertFalse(Files.exists(folder.resolve("out.safetensors")));
    }
}
