package uk.ac.manchester.tornado.api.exceptions;

/** There is no such backend. */
public class TornadoBackendNotFound extends TornadoRuntimeException {
    public TornadoBackendNotFound(String msg) {
        super(msg);
    }
}
