package uk.ac.manchester.tornado.api.exceptions;

/** A buffer on the device is not in the state that was asked for. */
public class TornadoMemoryException extends RuntimeException {
    public TornadoMemoryException(String msg) {
        super(msg);
    }
}
