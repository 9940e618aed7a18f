package uk.ac.manchester.tornado.api.exceptions;

/** In place of TornadoVM's, which the command line knows by name only. */
public final class TornadoInternalError extends Error {
    public TornadoInternalError(String message) {
        super(message);
    }

    public TornadoInternalError(String message, Throwable cause) {
        super(message, cause);
    }
}
