package dev.getj.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import dev.getj.kernels.Backend;
import dev.getj.kernels.device.Backends;
import dev.getj.model.Initialization;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;
import dev.getj.model.Parameters;
import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.Samples;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Random;

import javax.imageio.ImageIO;

/** The endpoints below /api, asked over HTTP. */
class SamplingApiTest {
    private static Backend backend;
    private static Sampler sampler;
    private static SamplingServer server;
    private static Client client;

    private static ModelConfig network(ModelConfig.Kind kind, int classes) {
        return new ModelConfig(
                "tiny",
                new ModelConfig.Images(4, 1, classes)
                        .named(classes == 3 ? List.of("cat", "dog", "eel") : List.of()),
                new ModelConfig.Token(2, 8, 2),
                new ModelConfig.Stack(1, 2),
                kind);
    }

    private static Sampler sampler(ModelConfig config) {
        Parameters weights = new Parameters(backend, new ParameterTable(config));
        Initialization.initialize(config, weights, 2);
        // also where that puts zeros, which would make all images the same
        float[] values = weights.trained().get();
        Random random = new Random(3);
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) (0.2 * random.nextGaussian());
        }
        weights.trained().set(values);
        return new Sampler(backend, config, weights);
    }

    @BeforeAll
    static void start() {
        backend = Backends.jvm(2);
        sampler = sampler(network(new ModelConfig.Get(new ModelConfig.Stack(2, 3)), 3));
        server = SamplingServer.start(sampler, ServeSettings.loopback().withTitle("mine"));
        client = new Client(server);
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
        sampler.close();
        backend.close();
    }

    @Test
    void theModelIsDescribed() {
        JsonNode model = client.json("/api/model");
        assertEquals("mine", model.path("title").asText());
        assertEquals("get", model.path("kind").asText());
        assertEquals(3, model.path("classes").asInt());
        assertEquals("[\"cat\",\"dog\",\"eel\"]", model.path("class_names").toString());
        assertEquals(4, model.path("size").asInt());
        assertEquals(6, model.path("iterations").asInt());
        assertEquals(64, model.path("limits").path("images").asInt());
        assertEquals(sampler.parameters(), model.path("parameters").asInt());
    }

    @Test
    void samplesAreThoseOfTheSampler() {
        JsonNode answer = client.json("/api/sample?seed=-5&index=4&count=3&iterations=2");
        Samples expected =
                sampler.sample(
                        new SampleRequest(
                                3, -5, 4, null, SampleRequest.of(1).withIterations(2).solver()));
        assertEquals(-5, answer.path("seed").asLong());
        assertEquals(3, answer.path("images").size());
        for (int i = 0; i < 3; i++) {
            JsonNode image = answer.path("images").path(i);
            assertEquals(4 + i, image.path("index").asLong());
            assertEquals((4 + i) % 3, image.path("label").asInt());
            assertEquals(expected.residuals()[i], image.path("residual").asDouble());
            assertEquals(2, image.path("evaluations").asInt());
            assertArrayEquals(expected.png(i), png(image));
        }
    }

    @Test
    void aClassHasANameToo() {
        JsonNode named = client.json("/api/sample?seed=3&label=Dog").path("images").path(0);
        assertEquals(1, named.path("label").asInt());
        JsonNode numbered = client.json("/api/sample?seed=3&label=1").path("images").path(0);
        assertArrayEquals(png(numbered), png(named));
    }

    private static byte[] png(JsonNode image) {
        return Base64.getDecoder().decode(image.path("png").asText());
    }

    @Test
    void aPictureHasColumnsAndZoom() throws IOException {
        HttpResponse<byte[]> one = client.get("/api/sample.png?seed=1&label=2");
        assertEquals("image/png", one.headers().firstValue("Content-Type").orElseThrow());
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(one.body()));
        assertEquals("4 × 4", image.getWidth() + " × " + image.getHeight());
        Samples expected = sampler.sample(SampleRequest.of(1).withSeed(1).withLabel(2));
        BufferedImage same = ImageIO.read(new ByteArrayInputStream(expected.png(0)));
        for (int i = 0; i < 16; i++) {
            assertEquals(same.getRGB(i % 4, i / 4), image.getRGB(i % 4, i / 4));
        }
        byte[] several = client.get("/api/sample.png?count=5&columns=3&zoom=2").body();
        BufferedImage grid = ImageIO.read(new ByteArrayInputStream(several));
        assertEquals("32 × 22", grid.getWidth() + " × " + grid.getHeight());
    }

    @Test
    void aTraceLeadsToTheSamplesOfSoManyIterations() {
        assertTraceLeadsToSamples(client, sampler);
    }

    // a sample is the state of lowest residual up to its last iteration
    private static void assertTraceLeadsToSamples(Client asks, Sampler asked) {
        JsonNode steps = asks.json("/api/trace?seed=8&label=1&iterations=5").path("steps");
        assertEquals(5, steps.size());
        double lowest = Double.POSITIVE_INFINITY;
        byte[] best = {};
        for (int k = 1; k <= 5; k++) {
            JsonNode step = steps.path(k - 1);
            assertEquals(k, step.path("iteration").asInt());
            if (step.path("residual").asDouble() < lowest) {
                lowest = step.path("residual").asDouble();
                best = png(step);
            }
            SampleRequest request = SampleRequest.of(1).withSeed(8).withLabel(1);
            Samples expected = asked.sample(request.withIterations(k));
            assertEquals(expected.residuals()[0], lowest);
            assertArrayEquals(expected.png(0), best);
        }
    }

    @Test
    void anInterpolationBeginsAtItsFirstSeed() {
        JsonNode frames = client.json("/api/interpolate?from=3&to=9&frames=3").path("frames");
        assertEquals(3, frames.size());
        assertEquals(0.5, frames.path(1).path("t").asDouble());
        Samples first = sampler.sample(SampleRequest.of(1).withSeed(3));
        assertArrayEquals(first.png(0), png(frames.path(0)));
        assertFalse(frames.path(1).path("png").equals(frames.path(0).path("png")));
        JsonNode still = client.json("/api/interpolate?from=3&to=3&frames=2").path("frames");
        assertEquals(still.path(0).path("png"), still.path(1).path("png"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "/api/sample?sed=3|400|'sed' is not a parameter of this endpoint, which takes"
                        + " seed, index, count, label, iterations, guidance",
                "/api/model?seed=3|400|'seed' is not a parameter of this endpoint, which takes"
                        + " none",
                "/api/sample?seed=x|400|seed 'x': a whole number from -9223372036854775808 to"
                        + " 9223372036854775807 is needed",
                "/api/sample?seed=|400|seed '': a whole number from -9223372036854775808 to"
                        + " 9223372036854775807 is needed",
                "/api/sample?seed=1&seed=2|400|seed is given twice",
                "/api/sample?count=0|400|count '0': a whole number from 1 to 64 is needed",
                "/api/sample?count=65|400|count '65': a whole number from 1 to 64 is needed",
                "/api/sample?count=99999999999999999999|400|count '99999999999999999999': a whole"
                        + " number from 1 to 64 is needed",
                "/api/sample?index=-1|400|index '-1': a whole number from 0 to"
                        + " 9223372036854775806 is needed",
                "/api/sample?label=3|400|label: '3' is no class of this network, which has 0…2:"
                        + " cat, dog, eel",
                "/api/sample?label=a%0ab|400|label: 'a b' is no class of this network, which has"
                        + " 0…2: cat, dog, eel",
                "/api/sample?label=|400|label: '' is no class of this network, which has 0…2: cat,"
                        + " dog, eel",
                "/api/sample?iterations=101|400|iterations '101': a whole number from 1 to 100 is"
                        + " needed",
                "/api/sample?seed=%0a<b>|400|seed '?<b>': a whole number from"
                        + " -9223372036854775808 to 9223372036854775807 is needed",
                "/api/sample.png?count=64&zoom=33|400|zoom '33': a whole number from 1 to 32 is"
                        + " needed",
                "/api/interpolate?frames=1|400|frames '1': a whole number from 2 to 64 is needed",
                "/api/nothing|404|there is nothing at '/api/nothing'; there is /api/model,"
                        + " /api/sample, /api/sample.png, /api/trace, /api/interpolate, /health,"
                        + " /metrics, /, /playground.css, /playground.js, /theme.css, /favicon.svg",
            })
    void badInputIsRefusedInOneLine(String path, int status, String message) {
        HttpResponse<byte[]> response = client.get(path.replace("<b>", "%3Cb%3E"));
        assertEquals(message, Client.json(response).path("error").asText());
        assertEquals(status, response.statusCode());
        assertEquals(1, Client.text(response).lines().count());
    }

    @Test
    void networksWithoutEquilibriumOrClassesSaySo() {
        try (Sampler vit = sampler(network(new ModelConfig.Vit(), 0));
                SamplingServer other = SamplingServer.start(vit, ServeSettings.loopback());
                Client asks = new Client(other)) {
            JsonNode image = asks.json("/api/sample?seed=4").path("images").path(0);
            assertTrue(image.has("png"));
            assertFalse(image.has("residual") || image.has("label"));
            assertFalse(asks.json("/api/model").has("iterations"));
            assertFalse(asks.json("/api/model").path("traced").asBoolean(true));
            assertEquals(2, asks.json("/api/interpolate?frames=2").path("frames").size());
            String none = "this network has no equilibrium, so there are no iterations";
            assertEquals(none, asks.json("/api/sample?iterations=3").path("error").asText());
            assertEquals(none, asks.json("/api/trace").path("error").asText());
            assertEquals(
                    "this network has no classes, so there is no label",
                    asks.json("/api/sample?label=0").path("error").asText());
        }
    }

    @Test
    void aNetworkThatStartsAtItsInjectionIsTracedAndInterpolated() {
        ModelConfig.Kind kind =
                new ModelConfig.Get(
                        new ModelConfig.Stack(2, 3),
                        ModelConfig.Norm.PRE,
                        ModelConfig.Start.INJECTION);
        try (Sampler injected = sampler(network(kind, 3));
                SamplingServer other = SamplingServer.start(injected, ServeSettings.loopback());
                Client asks = new Client(other)) {
            assertTrue(asks.json("/api/model").path("traced").asBoolean());
            assertTraceLeadsToSamples(asks, injected);
            JsonNode frames = asks.json("/api/interpolate?from=4&label=1&frames=2").path("frames");
            Samples first = injected.sample(SampleRequest.of(1).withSeed(4).withLabel(1));
            assertArrayEquals(first.png(0), png(frames.path(0)));
        }
    }

    @Test
    void theDocumentHasEveryEndpointAndParameter() throws IOException {
        String page = Files.readString(Path.of("../docs/serve.md"));
        for (Endpoint endpoint : server.endpoints().values()) {
            assertTrue(page.contains("`" + endpoint.path() + "`"), endpoint.path());
            for (String parameter : endpoint.parameters()) {
                assertTrue(page.contains("`" + parameter + "`"), parameter);
            }
        }
    }

    @Test
    void aNetworkWithANullClassIsGuided() throws IOException {
        ModelConfig.Kind kind = new ModelConfig.Get(new ModelConfig.Stack(2, 3));
        try (Sampler guided = sampler(network(kind, 3).withNullClass());
                SamplingServer other = SamplingServer.start(guided, ServeSettings.loopback());
                Client asking = new Client(other)) {
            assertTrue(asking.json("/api/model").path("guided").asBoolean());
            Samples expected =
                    guided.sample(SampleRequest.of(1).withSeed(2).withLabel(1).withGuidance(2.5));
            JsonNode image =
                    asking.json("/api/sample?seed=2&label=1&guidance=2.5").path("images").path(0);
            assertArrayEquals(expected.png(0), png(image));
            JsonNode steps =
                    asking.json("/api/trace?seed=2&label=1&guidance=2.5&iterations=3")
                            .path("steps");
            JsonNode three =
                    asking.json("/api/sample?seed=2&label=1&guidance=2.5&iterations=3")
                            .path("images")
                            .path(0);
            assertEquals(3, steps.size());
            assertEquals(6, three.path("evaluations").asInt());
            JsonNode refused = asking.json("/api/sample?guidance=101");
            assertEquals(
                    "guidance '101': a number from 0 to 100 is needed",
                    refused.path("error").asText());
        }
        assertFalse(client.json("/api/model").path("guided").asBoolean());
        assertEquals(
                "this network was trained without label dropout, so there is no guidance",
                client.json("/api/sample?guidance=2").path("error").asText());
    }
}
