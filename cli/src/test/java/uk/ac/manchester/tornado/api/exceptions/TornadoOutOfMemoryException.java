package uk.ac.manchester.tornado.api.exceptions;

/** In place of TornadoVM's, which the command line knows by name only. */
public final class TornadoOutOfMemoryException extends RuntimeException {
    public TornadoOutOfMemoryException(String message) {
        super(message);
    }
}
