package dev.getj.kernels.tornado.runtime;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which devices have the tensor cores that our kernels ask for. */
final class TensorCores {
    /** Ampere's, the first on which TornadoVM compiles {@code mma}. */
    private static final int CAPABILITY = 8;

    /** In what a CUDA device tells about itself. */
    private static final Pattern VERSION = Pattern.compile("Device version *: *CUDA (\\d{1,4})\\.");

    private TensorCores() {}

    /**
     * True for a CUDA device of compute capability 8.0 or higher.
     *
     * @param information as the driver gives it, line by line
     */
    static boolean in(String information) {
        Matcher version = VERSION.matcher(information);
        return version.find() && Integer.parseInt(version.group(1)) >= CAPABILITY;
    }
}
