package com.example;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;
import dev.getj.sample.WeightsLocation;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** Serves images: {@code Server 8080}, then http://localhost:8080/7/42 is a seven of seed 42. */
public final class Server {
    private Server() {}

    public static void main(String[] arguments) throws IOException {
        // lives as long as the program: one sampler for all threads
        Sampler sampler = Sampler.load(WeightsLocation.parse("builtin:strokes"));
        sampler.sample(SampleRequest.of(1)); // before the first user waits
        HttpServer server =
                HttpServer.create(
                        new InetSocketAddress(
                                InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])),
                        0);
        server.setExecutor(Executors.newFixedThreadPool(32));
        server.createContext("/", exchange -> answer(exchange, sampler));
        server.start();
        System.out.println("http://localhost:" + server.getAddress().getPort() + "/7/42");
    }

    private static void answer(HttpExchange exchange, Sampler sampler) throws IOException {
        try (exchange) {
            String[] path = exchange.getRequestURI().getPath().split("/");
            try {
                SampleRequest request =
                        SampleRequest.of(1)
                                .withLabel(sampler.config().classOf(path[1]))
                                .withSeed(Long.parseLong(path[2]));
                send(exchange, 200, "image/png", sampler.sample(request).png(0));
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                String message = "use /CLASS/SEED: " + e.getMessage() + "\n";
                send(exchange, 400, "text/plain", message.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body)
            throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
