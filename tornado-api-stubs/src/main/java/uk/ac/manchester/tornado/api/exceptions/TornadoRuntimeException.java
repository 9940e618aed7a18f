package uk.ac.manchester.tornado.api.exceptions;

/** Something failed while a plan was built or run. */
public class TornadoRuntimeException extends RuntimeException {
    public TornadoRuntimeException(String msg) {
        super(msg);
    }

    public TornadoRuntimeException(Exception e) {
        super(e);
    }
}
