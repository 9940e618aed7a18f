package dev.getj.kernels;

/**
 * A library for matrix products by the maker of a device, found by {@link java.util.ServiceLoader}.
 */
public interface ProductLibrary {
    /** Looks whether it can be used here. */
    State look();

    /** What {@link #look} finds. */
    sealed interface State {}

    /**
     * It can.
     *
     * @param name of the library
     * @param version such as 13.0.1
     */
    record Found(String name, String version) implements State {}

    /**
     * It cannot.
     *
     * @param reason what is missing
     * @param advice what to do about it
     */
    record Missing(String reason, String advice) implements State {
        /** Both, as a line. */
        public String message() {
            return reason + ": " + advice;
        }
    }
}
