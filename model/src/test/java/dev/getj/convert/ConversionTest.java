package dev.getj.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.DType;
import dev.getj.io.GetjException;
import dev.getj.io.SafetensorsFile;
import dev.getj.io.SafetensorsWriter;
import dev.getj.io.StridedTensor;
import dev.getj.io.torch.PyValue;
import dev.getj.io.torch.TorchFile;
import dev.getj.io.torch.TorchWriter;
import dev.getj.kernels.device.Backends;
import dev.getj.model.ConfigJson;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.TinyNetworks;
import dev.getj.model.WeightsFile;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Checkpoints of the reference become ours and go back; what is missing is named. */
class ConversionTest {
    private static final Path REFERENCE = Path.of("src/test/resources/reference");

    @TempDir Path folder;

    private static Conversion convert(Path in, Path out, Conversion.Which which) {
        return Conversion.run(new Conversion.Request(in, out, which, null, false));
    }

    private Path converted(String checkpoint) {
        Path out = folder.resolve(checkpoint + ".safetensors");
        convert(REFERENCE.resolve(checkpoint + ".pth"), out, Conversion.Which.EMA);
        return out;
    }

    /** Largest difference to the reference's image, over its largest element. */
    private static double difference(Path weights, String checkpoint) {
        Path stored = REFERENCE.resolve(checkpoint + ".expected.safetensors");
        try (SafetensorsFile expected = SafetensorsFile.open(stored);
                Sampler sampler = Sampler.load(weights, Backends.jvm(2))) {
            SampleRequest request = SampleRequest.of(2);
            if (expected.has("label")) {
                request =
                        request.withLabels(
                                Arrays.stream(expected.longs("label"))
                                        .mapToInt(Math::toIntExact)
                                        .toArray());
            }
            float[] image =
                    sampler.sample(expected.floats("noise"), expected.floats("z0"), request)
                            .pixels();
            float[] theirs = expected.floats("image");
            double difference = 0;
            double largest = 0;
            for (int i = 0; i < theirs.length; i++) {
                difference = Math.max(difference, Math.abs(image[i] - theirs[i]));
                largest = Math.max(largest, Math.abs(theirs[i]));
            }
            return difference / largest;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ckpt_cond", "ckpt_uncond"})
    void aCheckpointSamplesTheReferencesImage(String checkpoint) {
        assertTrue(difference(converted(checkpoint), checkpoint) < 1e-5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ckpt_cond", "ckpt_uncond"})
    void thereAndBackTheBitsAreTheSame(String checkpoint) {
        Path there = converted(checkpoint);
        Path back = folder.resolve("back.pth");
        Path again = folder.resolve("again.safetensors");
        convert(there, back, Conversion.Which.EMA);
        convert(back, again, Conversion.Which.EMA);
        assertTrue(difference(again, checkpoint) < 1e-5);
        try (NamedTensors reference = NamedTensors.open(REFERENCE.resolve(checkpoint + ".pth"));
                NamedTensors written = NamedTensors.open(back)) {
            List<String> order = new ArrayList<>(written.tensors().keySet());
            assertEquals("pos_embed", order.getFirst());
            for (String name : order) {
                assertArrayEquals(
                        reference.tensors().get("ema." + name).floats(),
                        written.tensors().get(name).floats(),
                        name);
            }
        }
    }

    @Test
    void theModelsOwnWeightsAreTakenOnRequest() {
        Path in = REFERENCE.resolve("ckpt_cond.pth");
        Path out = folder.resolve("model.safetensors");
        Conversion done = convert(in, out, Conversion.Which.MODEL);
        assertEquals(57, done.tensors());
        assertEquals(35484, done.parameters());
        assertTrue(done.guessedHeads());
        try (NamedTensors reference = NamedTensors.open(in);
                SafetensorsFile written = SafetensorsFile.open(out)) {
            assertArrayEquals(
                    reference.tensors().get("model.qkv_inj.weight").floats(),
                    written.floats("qkv_inj.weight"));
        }
    }

    @Test
    void aCheckpointForTrainingHoldsMomentsOfTheRightParameters() {
        Path in = REFERENCE.resolve("ckpt_cond.pth");
        Path out = folder.resolve("training.safetensors");
        Conversion.runForTraining(
                new Conversion.Request(in, out, Conversion.Which.EMA, null, false));
        try (NamedTensors reference = NamedTensors.open(in);
                SafetensorsFile written = SafetensorsFile.open(out)) {
            assertEquals("2", written.metadata().get("step"));
            // parameter 3 of the module is the class table, parameter 56 the last bias
            assertArrayEquals(
                    reference.tensors().get("opt.state.3.exp_avg").floats(),
                    written.floats("exp_avg.y_embedder.embedding_table.weight"));
            assertArrayEquals(
                    reference.tensors().get("opt.state.56.exp_avg_sq").floats(),
                    written.floats("exp_avg_sq.final_layer.linear.bias"));
            assertFalse(written.has("exp_avg.pos_embed"));
            assertEquals(2 * 57 + 2 * 56, written.names().size());
        }
    }

    @Test
    void whereTheIterationsBeginIsToldWhereAStateDictIsReadAgain() {
        Path there = folder.resolve("there.safetensors");
        startingAt(REFERENCE.resolve("ckpt_cond.pth"), there, ModelConfig.Start.INJECTION);
        Path torch = folder.resolve("torch.pth");
        Conversion away = convert(there, torch, null);
        assertEquals(ModelConfig.Start.INJECTION, away.config().kind().start());
        String note =
                "a state_dict does not say that the iterations begin at the injection; to convert"
                        + " it back, give --start injection";
        assertTrue(away.notes().contains(note), () -> away.notes().toString());
        Path back = folder.resolve("back.safetensors");
        assertEquals(ModelConfig.Start.NOISE, convert(torch, back, null).config().kind().start());
        startingAt(torch, back, ModelConfig.Start.INJECTION);
        try (SafetensorsFile first = SafetensorsFile.open(there);
                SafetensorsFile second = SafetensorsFile.open(back)) {
            assertEquals(WeightsFile.config(first), WeightsFile.config(second));
        }
        startingAt(there, back, ModelConfig.Start.NOISE);
        Conversion noise = convert(back, torch, null);
        assertFalse(noise.notes().contains(note), () -> noise.notes().toString());
    }

    private static void startingAt(Path in, Path out, ModelConfig.Start start) {
        Conversion done =
                Conversion.run(
                        new Conversion.Request(in, out, null, null, false, Optional.of(start)));
        assertEquals(start, done.config().kind().start());
    }

    @Test
    void aViTHasNoIterationsThatCouldBegin() {
        Path in = folder.resolve("vit-weights.safetensors");
        SafetensorsWriter writer = new SafetensorsWriter();
        for (ParameterTable.Entry entry : new ParameterTable(TinyNetworks.vit()).entries()) {
            long[] shape = entry.shape().stream().mapToLong(Integer::longValue).toArray();
            writer.add(entry.name(), new float[entry.size()], shape);
        }
        writer.write(in);
        Conversion.Request request =
                new Conversion.Request(
                        in,
                        folder.resolve("vit.safetensors"),
                        null,
                        null,
                        false,
                        Optional.of(ModelConfig.Start.NOISE));
        assertEquals(
                in
                        + " holds a network without an equilibrium, so no iterations begin: leave"
                        + " out --start",
                assertThrows(GetjException.class, () -> Conversion.run(request)).getMessage());
    }

    @Test
    void tensorsOfNoNetworkAreWrittenAsTheyAre() {
        Path in = Path.of("../formats/src/test/resources/torch/zip.pt");
        Path out = folder.resolve("plain.safetensors");
        Conversion done = convert(in, out, Conversion.Which.EMA);
        assertNull(done.config());
        try (NamedTensors before = NamedTensors.open(in);
                NamedTensors after = NamedTensors.open(out)) {
            assertEquals(before.tensors().keySet().size(), after.tensors().size());
            before.tensors()
                    .forEach(
                            (name, tensor) -> {
                                StridedTensor other = after.tensors().get(name);
                                assertEquals(tensor.dtype(), other.dtype(), name);
                                assertArrayEquals(tensor.shape(), other.shape(), name);
                                assertArrayEquals(bytes(tensor), bytes(other), name);
                            });
        }
    }

    private static byte[] bytes(StridedTensor tensor) {
        byte[] bytes = new byte[(int) tensor.bytes()];
        tensor.copy(0, bytes, (int) tensor.size());
        return bytes;
    }

    @Test
    void everyTypeSurvivesTheWayThroughATorchFile() {
        Path torch = folder.resolve("types.pt");
        for (String in : List.of("torch/late_types.pt", "torch/legacy.pt", "numpy/arrays.npz")) {
            Path source = Path.of("../formats/src/test/resources", in);
            convert(source, torch, Conversion.Which.EMA);
            try (NamedTensors before = NamedTensors.open(source);
                    NamedTensors after = NamedTensors.open(torch);
                    TorchFile file = TorchFile.open(torch)) {
                assertEquals(before.tensors().keySet(), after.tensors().keySet());
                after.check().run();
                before.tensors()
                        .forEach(
                                (name, tensor) -> {
                                    StridedTensor other = after.tensors().get(name);
                                    assertEquals(tensor.dtype(), other.dtype(), name);
                                    assertArrayEquals(bytes(tensor), bytes(other), name);
                                });
                assertEquals(torch, file.path());
            }
        }
    }

    @Test
    void storagesOfAWrittenFileAreAligned() throws IOException {
        Path torch = folder.resolve("aligned.pt");
        convert(REFERENCE.resolve("ckpt_cond.pth"), torch, Conversion.Which.EMA);
        try (NamedTensors tensors = NamedTensors.open(torch);
                TorchFile file = TorchFile.open(torch)) {
            PyValue.Dict root = (PyValue.Dict) file.root();
            root.items()
                    .forEach(
                            (key, value) -> {
                                StridedTensor tensor =
                                        file.tensor(key.toString(), (PyValue.Tensor) value);
                                assertEquals(0, file.position(tensor) % 64, key.toString());
                            });
            assertEquals(57, tensors.tensors().size());
        }
    }

    // ---- what is missing or too much
    // -------------------------------------------------------------

    private String refusal(Map<String, StridedTensor> tensors) throws IOException {
        Path in = folder.resolve("partial.pt");
        TorchWriter writer = new TorchWriter();
        tensors.forEach(writer::add);
        writer.write(in);
        Path out = folder.resolve("never.safetensors");
        String message =
                assertThrows(GetjException.class, () -> convert(in, out, Conversion.Which.EMA))
                        .getMessage();
        assertFalse(Files.exists(out));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(0, files.filter(file -> file.toString().endsWith(".tmp")).count());
        }
        return message.replace(in.toString(), "FILE");
    }

    @Test
    void missingAndMisshapenTensorsAreNamed() throws IOException {
        try (NamedTensors file = NamedTensors.open(converted("ckpt_cond"))) {
            Map<String, StridedTensor> tensors = new TreeMap<>(file.tensors());
            StridedTensor bias = tensors.remove("blocks.0.attn.qkv.bias");
            tensors.remove("deq_blocks.1.mlp.fc2.weight");
            assertEquals(
                    "FILE lacks 2 of the network's 57 tensors: blocks.0.attn.qkv.bias,"
                            + " deq_blocks.1.mlp.fc2.weight",
                    refusal(tensors));
            tensors.putAll(file.tensors());
            tensors.put("blocks.0.attn.proj.bias", bias);
            assertEquals(
                    "FILE: tensor 'blocks.0.attn.proj.bias' is F32 [72], the network needs floats"
                            + " [24]",
                    refusal(tensors));
            tensors.putAll(file.tensors());
            tensors.remove("pos_embed");
            assertEquals(
                    "FILE lacks 'pos_embed', which tells the size of the network",
                    refusal(tensors));
            tensors.putAll(file.tensors());
            tensors.remove("x_embedder.proj.weight");
            assertEquals(
                    "FILE lacks 'x_embedder.proj.weight', which tells the size of the network",
                    refusal(tensors));
        }
    }

    /** Nothing of the clock or of a map's order is in a file. */
    @Test
    void theSameWeightsMakeTheSameFile() throws Exception {
        Path in = REFERENCE.resolve("ckpt_cond.pth");
        Path first = folder.resolve("first.pth");
        Path second = folder.resolve("second.pth");
        convert(in, first, null);
        Thread.sleep(2100); // a zip archive counts in steps of two seconds
        convert(in, second, null);
        assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
    }

    @Test
    void surplusTensorsAreReported() {
        Path in = folder.resolve("surplus.pt");
        try (NamedTensors file = NamedTensors.open(converted("ckpt_cond"))) {
            TorchWriter writer = new TorchWriter();
            file.tensors().forEach((name, tensor) -> writer.add("module." + name, tensor));
            writer.add("module.extra.weight", file.tensors().get("pos_embed"));
            writer.write(in);
        }
        Conversion done = convert(in, folder.resolve("fits.safetensors"), Conversion.Which.EMA);
        assertEquals(List.of("extra.weight"), done.leftOut());
        assertEquals(57, done.tensors());
    }

    @Test
    void theOtherWeightsAreNotTakenInSilence() {
        Path in = folder.resolve("model_only.safetensors");
        try (NamedTensors file = NamedTensors.open(converted("ckpt_cond"))) {
            SafetensorsWriter writer = new SafetensorsWriter();
            file.tensors().forEach((name, tensor) -> writer.add("model." + name, tensor));
            writer.write(in);
        }
        assertEquals(
                in + " holds weights as 'model' only; take them with --which model",
                assertThrows(
                                GetjException.class,
                                () -> convert(in, folder.resolve("x.pt"), Conversion.Which.EMA))
                        .getMessage());
    }

    @Test
    void withoutAWishTheModelsWeightsDo() {
        Path in = folder.resolve("model_only.safetensors");
        try (NamedTensors file = NamedTensors.open(converted("ckpt_cond"))) {
            SafetensorsWriter writer = new SafetensorsWriter();
            file.tensors().forEach((name, tensor) -> writer.add("model." + name, tensor));
            writer.write(in);
        }
        assertEquals("model.", convert(in, folder.resolve("x.pt"), null).prefix());
        Path both = REFERENCE.resolve("ckpt_cond.pth");
        assertEquals("ema.", convert(both, folder.resolve("y.safetensors"), null).prefix());
    }

    @Test
    void aFileWithoutTensorsIsRefused() {
        Path in = folder.resolve("empty.pt");
        new TorchWriter().write(in);
        Path out = folder.resolve("x.safetensors");
        assertEquals(
                in + " holds no tensors",
                assertThrows(GetjException.class, () -> convert(in, out, null)).getMessage());
        assertFalse(Files.exists(out));
    }

    // ---- halves

    private Path half(Path in) {
        Path out = folder.resolve("half.safetensors");
        Conversion.run(new Conversion.Request(in, out, null, null, true));
        return out;
    }

    @ParameterizedTest
    @ValueSource(strings = {"ckpt_cond", "ckpt_uncond"})
    void halvesSampleAlmostTheReferencesImage(String checkpoint) {
        Path half = half(converted(checkpoint));
        double difference = difference(half, checkpoint);
        assertTrue(difference < 5e-3, () -> "differs by " + difference);
        assertTrue(difference > 1e-5, "halves cannot be as exact as floats");
        try (SafetensorsFile written = SafetensorsFile.open(half);
                SafetensorsFile full = SafetensorsFile.open(converted(checkpoint))) {
            assertEquals(full.names().size(), written.names().size());
            assertEquals(full.metadata(), written.metadata());
            for (String name : written.names()) {
                assertEquals(
                        name.equals("pos_embed") ? DType.F32 : DType.F16,
                        written.entry(name).dtype());
            }
        }
    }

    @Test
    void onlyWeightsAreMadeHalvesAndOnlyInSafetensors() {
        Path weights = converted("ckpt_cond");
        Path torch = folder.resolve("half.pt");
        assertEquals(
                "halves are written as safetensors, and " + torch + " is none by its name",
                assertThrows(
                                GetjException.class,
                                () ->
                                        Conversion.run(
                                                new Conversion.Request(
                                                        weights, torch, null, null, true)))
                        .getMessage());
        Path plain = Path.of("../formats/src/test/resources/torch/zip.pt");
        assertEquals(
                plain + " holds no network whose weights could be halves",
                assertThrows(GetjException.class, () -> half(plain)).getMessage());
    }

    @Test
    void aWeightBeyondHalfPrecisionIsRefused() {
        Path large = folder.resolve("large.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(converted("ckpt_cond"))) {
            SafetensorsWriter writer = new SafetensorsWriter();
            file.metadata().forEach(writer::metadata);
            for (String name : file.names()) {
                float[] values = file.floats(name);
                if (name.equals("qkv_inj.weight")) {
                    values[3] = -7e4f;
                }
                writer.add(name, values, file.entry(name).shape());
            }
            writer.write(large);
        }
        assertEquals(
                large
                        + ": tensor 'qkv_inj.weight' holds -70000.0, more than half precision"
                        + " reaches",
                assertThrows(GetjException.class, () -> half(large)).getMessage());
        assertFalse(Files.exists(folder.resolve("half.safetensors")));
    }

    @ParameterizedTest
    @CsvSource({"256, 6, 3, 6, 4, false", "128, 1, 1, 4, 2, true", "24, 1, 1, 4, 2, true"})
    void headsComeFromPresetsOrTheHeadWidth(
            int width, int depth, int equilibriumDepth, int ratio, int heads, boolean guessed) {
        Map<String, long[]> shapes = new HashMap<>();
        shapes.put("x_embedder.proj.weight", new long[] {width, 3, 2, 2});
        shapes.put("pos_embed", new long[] {1, 256, width});
        for (int i = 0; i < depth; i++) {
            shapes.put("blocks." + i + ".mlp.fc1.weight", new long[] {4L * width, width});
        }
        for (int i = 0; i < equilibriumDepth; i++) {
            shapes.put(
                    "deq_blocks." + i + ".mlp.fc1.weight",
                    new long[] {(long) ratio * width, width});
        }
        InferredConfig inferred = InferredConfig.of("FILE", shapes, Map.of(), null);
        assertEquals(heads, inferred.config().heads());
        assertEquals(guessed, inferred.guessedHeads());
        assertEquals(guessed ? "custom" : "GET-T/2", inferred.config().name());
        assertEquals(
                8,
                InferredConfig.of("FILE", shapes, Map.of("args.num_heads", "8"), null)
                        .config()
                        .heads());
        assertEquals(1, InferredConfig.of("FILE", shapes, Map.of(), 1).config().heads());
    }

    @Test
    void whereTheStateStartsAndWhatClassesAreCalledIsKept() {
        ModelConfig config =
                new ModelConfig(
                        "custom",
                        new ModelConfig.Images(8, 1, 2).named(List.of("cat", "dog")),
                        new ModelConfig.Token(2, 16, 2),
                        new ModelConfig.Stack(1, 4),
                        ModelConfig.Kind.of(
                                1, 4, ModelConfig.Norm.PRE, ModelConfig.Start.INJECTION));
        Map<String, long[]> shapes = new HashMap<>();
        shapes.put("x_embedder.proj.weight", new long[] {16, 1, 2, 2});
        shapes.put("pos_embed", new long[] {1, 16, 16});
        shapes.put("y_embedder.embedding_table.weight", new long[] {2, 48});
        shapes.put("blocks.0.mlp.fc1.weight", new long[] {64, 16});
        shapes.put("deq_blocks.0.mlp.fc1.weight", new long[] {64, 16});
        Map<String, String> told = Map.of("config", ConfigJson.write(config));
        assertEquals(config, InferredConfig.of("FILE", shapes, told, null).config());
        ModelConfig other = InferredConfig.of("FILE", shapes, told, 4).config();
        assertEquals(4, other.heads());
        assertEquals(ModelConfig.Start.INJECTION, other.kind().start());
    }
}
