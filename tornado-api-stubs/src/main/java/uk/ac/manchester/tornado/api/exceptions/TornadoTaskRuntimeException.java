package uk.ac.manchester.tornado.api.exceptions;

/** A task's name or arguments are wrong. */
public class TornadoTaskRuntimeException extends RuntimeException {
    public TornadoTaskRuntimeException(String msg) {
        super(msg);
    }

    public TornadoTaskRuntimeException(String msg, Exception e) {
        super(msg, e);
    }
}
