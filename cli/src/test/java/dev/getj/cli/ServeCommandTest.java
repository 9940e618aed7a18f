package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.FutureTask;

class ServeCommandTest {
    @Test
    void itSaysWhereItServesAndEndsWhenItIsAskedTo() throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] line = {"serve", "--json", "--port", "0", "--weights", "builtin:strokes"};
        FutureTask<Integer> run =
                new FutureTask<>(
                        () -> Main.run(line, new PrintWriter(out, true), new PrintWriter(err)));
        Thread command = Thread.ofPlatform().start(run);
        while (!out.toString().contains("}") && command.isAlive()) {
            Thread.sleep(20);
        }
        String url = Json.parse(out.toString()).path("url").asText();
        try (HttpClient client = HttpClient.newHttpClient()) {
            String model = get(client, url + "api/model").body();
            assertTrue(model.startsWith("{\"title\":\"builtin:strokes\""), model);
            assertEquals(200, get(client, url + "api/sample.png?seed=4").statusCode());
            command.interrupt();
            assertEquals(0, run.get(), err.toString());
        }
        assertTrue(err.toString().contains("getj: stopping"), err.toString());
    }

    private static HttpResponse<String> get(HttpClient client, String url)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        return client.send(request, BodyHandlers.ofString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2|serve --port 70000 --weights builtin:strokes|--port 70000: a whole number from 0"
                        + " to 65535 is needed",
                "2|serve --queue 0 --weights builtin:strokes|--queue 0: a whole number from 1 to"
                        + " 10000 is needed",
                "2|serve --host no.such.host.invalid --weights builtin:strokes|--host"
                        + " no.such.host.invalid: an address of this machine is needed",
                "1|serve --host 192.0.2.1 --port 0 --weights builtin:strokes|cannot listen on port"
                        + " 0 of 192.0.2.1",
                "1|serve --run nowhere|nowhere",
            })
    void whatCannotBeServedIsOneLine(int code, String line, String message) {
        Run run = Run.getj(line.split(" "));
        assertEquals(code, run.code(), run.err());
        assertTrue(run.err().contains(message), run.err());
    }
}
