package dev.getj.kernels.tornado.emulator;

/** A kernel or its grid is wrong; the message names the work-group and the work item. */
public final class EmulationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    EmulationException(String message) {
        super(message);
    }

    EmulationException(String message, Throwable cause) {
        super(message, cause);
    }
}
