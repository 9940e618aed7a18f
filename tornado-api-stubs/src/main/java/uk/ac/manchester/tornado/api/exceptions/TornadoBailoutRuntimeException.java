package uk.ac.manchester.tornado.api.exceptions;

/** A kernel could not be compiled or launched. */
public class TornadoBailoutRuntimeException extends RuntimeException {
    public TornadoBailoutRuntimeException(String msg) {
        super(msg);
    }

    public TornadoBailoutRuntimeException(String msg, Exception e) {
        super(msg, e);
    }
}
