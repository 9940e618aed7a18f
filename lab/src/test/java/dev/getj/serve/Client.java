package dev.getj.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Asks a server. */
record Client(HttpClient http, URI server) implements AutoCloseable {
    Client(SamplingServer server) {
        this(HttpClient.newHttpClient(), server.address());
    }

    HttpResponse<byte[]> get(String path) {
        return send("GET", path);
    }

    HttpResponse<byte[]> send(String method, String path) {
        try {
            return http.send(request(method, path), BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    CompletableFuture<HttpResponse<byte[]>> getLater(String path) {
        return http.sendAsync(request("GET", path), BodyHandlers.ofByteArray());
    }

    private HttpRequest request(String method, String path) {
        return HttpRequest.newBuilder(URI.create(server + path.substring(1)))
                .method(method, BodyPublishers.noBody())
                .build();
    }

    JsonNode json(String path) {
        return json(get(path));
    }

    static JsonNode json(HttpResponse<byte[]> response) {
        try {
            return new ObjectMapper().readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(text(response), e);
        }
    }

    static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        http.close();
    }
}
