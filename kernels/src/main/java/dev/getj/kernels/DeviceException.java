package dev.getj.kernels;

/**
 * A device that is not there, not loaded, too small or wrong. The message is for the user: what is
 * wrong and what to do.
 */
public final class DeviceException extends RuntimeException {
    /** A refusal that has no other cause. */
    public DeviceException(String message) {
        super(message);
    }

    /** A refusal that another exception led to. */
    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
