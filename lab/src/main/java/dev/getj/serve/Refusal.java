package dev.getj.serve;

import java.util.Map;

/** A request that is not answered, and why, in one line for whoever sent it. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    static final int BAD_REQUEST = 400;
    static final int NOT_FOUND = 404;
    static final int METHOD_NOT_ALLOWED = 405;
    static final int UNAVAILABLE = 503;

    private final int status;
    private final transient Map<String, String> headers;

    private Refusal(int status, String message, Map<String, String> headers) {
        super(message, null, false, false);
        this.status = status;
        this.headers = headers;
    }

    /** A parameter that cannot be. */
    static Refusal badRequest(String message) {
        return new Refusal(BAD_REQUEST, message, Map.of());
    }

    static Refusal notFound(String path, String known) {
        return new Refusal(
                NOT_FOUND, "there is nothing at %s; there is %s".formatted(path, known), Map.of());
    }

    static Refusal method(String method) {
        return new Refusal(
                METHOD_NOT_ALLOWED,
                "%s is not possible here: GET is".formatted(method),
                Map.of("Allow", "GET, HEAD"));
    }

    /**
     * @param seconds after which another try makes sense
     */
    static Refusal unavailable(String message, long seconds) {
        return new Refusal(UNAVAILABLE, message, Map.of("Retry-After", Long.toString(seconds)));
    }

    Reply reply() {
        return Reply.json(status, Map.of("error", getMessage())).with(headers);
    }
}
