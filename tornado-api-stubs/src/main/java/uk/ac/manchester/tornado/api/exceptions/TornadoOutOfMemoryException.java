package uk.ac.manchester.tornado.api.exceptions;

/** The device's memory, or the limit set for it, is too small. */
public class TornadoOutOfMemoryException extends RuntimeException {
    public TornadoOutOfMemoryException(String msg) {
        super(msg);
    }
}
