package dev.getj.serve;

import java.net.InetAddress;
import java.time.Duration;

/**
 * Where a server listens and how much it takes.
 *
 * @param title what the playground is headed with, such as the name of a run
 * @param address to listen on; a loopback address keeps others out
 * @param port to listen on; 0 takes a free one
 * @param queue requests for images that are answered or wait, at once; further ones are refused
 * @param limits of one request
 * @param grace how long {@link SamplingServer#close} lets requests finish
 */
public record ServeSettings(
        String title, InetAddress address, int port, int queue, Limits limits, Duration grace) {
    /** The largest port. */
    public static final int MOST_PORT = 65_535;

    /**
     * What one request may ask for.
     *
     * @param images at once
     * @param iterations of the solver
     */
    public record Limits(int images, int iterations) {
        /** 64 images, 100 iterations. */
        public static final Limits STANDARD = new Limits(64, 100);

        /**
         * @throws IllegalArgumentException if one is below 1
         */
        public Limits {
            require(images, "images");
            require(iterations, "iterations");
        }
    }

    /**
     * @throws IllegalArgumentException if the port is not in 0 to 65535, or the queue is below 1
     */
    public ServeSettings {
        if (port < 0 || port > MOST_PORT) {
            throw new IllegalArgumentException(
                    "the port must be in 0 to %s, not %s".formatted(MOST_PORT, port));
        }
        require(queue, "requests in the queue");
    }

    private static void require(int value, String what) {
        if (value < 1) {
            throw new IllegalArgumentException(
                    "at least 1 is needed for the %s, not %s".formatted(what, value));
        }
    }

    /** On a free port of the loopback interface. */
    public static ServeSettings loopback() {
        return new ServeSettings(
                "getj",
                InetAddress.getLoopbackAddress(),
                0,
                64,
                Limits.STANDARD,
                Duration.ofSeconds(30));
    }

    public ServeSettings withTitle(String newTitle) {
        return new ServeSettings(newTitle, address, port, queue, limits, grace);
    }

    public ServeSettings withPort(int newPort) {
        return new ServeSettings(title, address, newPort, queue, limits, grace);
    }

    public ServeSettings withQueue(int newQueue) {
        return new ServeSettings(title, address, port, newQueue, limits, grace);
    }
}
