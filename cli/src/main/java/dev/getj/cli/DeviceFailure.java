package dev.getj.cli;

/**
 * What TornadoVM's exceptions say, in words for a line. They cannot be named here: TornadoVM may
 * not be there.
 */
final class DeviceFailure {
    private static final String TORNADO = "uk.ac.manchester.tornado.";
    private static final int LONGEST = 200;

    private DeviceFailure() {}

    /** True for an exception of TornadoVM. */
    static boolean is(Throwable problem) {
        return problem.getClass().getName().startsWith(TORNADO);
    }

    /** What failed and its first cause, without the stack traces that TornadoVM writes there. */
    static String describe(Throwable problem) {
        if (problem.getClass().getSimpleName().equals("TornadoOutOfMemoryException")) {
            return "the device's memory is exhausted: lower --batch or --count, or train with"
                    + " --recompute";
        }
        Throwable cause = problem;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String what = words(problem);
        String why = words(cause);
        String both = what.contains(why) ? what : why.contains(what) ? why : what + ": " + why;
        return "the device failed, %s: %s; 'getj doctor --device …' tests its kernels one by one"
                .formatted(cause.getClass().getSimpleName(), shortened(both));
    }

    // the first line, without colours, labels, names of exceptions, stack frames
    private static String words(Throwable problem) {
        String message = problem.getMessage() == null ? "" : problem.getMessage();
        return message.replaceAll("\u001B\\[[0-9;]*m", "")
                .replaceAll("(?i)\\[(internal )?(error|warning|tornadovm)[^]]*]( error -)?", "")
                .replaceAll("\\b[a-z]\\w*(\\.[\\w$]+)+(Exception|Error): ", "")
                .replaceAll("\\[?[\\w.$/@]+\\([\\w ]+(\\.java)?(:\\d+)?\\)", "\n")
                .strip()
                .lines()
                .findFirst()
                .orElse("it does not say why")
                .strip();
    }

    private static String shortened(String words) {
        return words.length() <= LONGEST ? words : words.substring(0, LONGEST) + "…";
    }
}
