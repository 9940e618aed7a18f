package uk.ac.manchester.tornado.api.exceptions;

/** An execution failed. */
public class TornadoFailureException extends RuntimeException {
    public TornadoFailureException(String msg) {
        super(msg);
    }

    public TornadoFailureException(Exception e) {
        super(e);
    }
}
