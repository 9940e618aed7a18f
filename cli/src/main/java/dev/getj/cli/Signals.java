package dev.getj.cli;

import sun.misc.Signal;
import sun.misc.SignalHandler;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The signals that end getj politely while it does work that it saves: Ctrl-C, what kill and closed
 * terminals send, and SIGUSR1, which batch systems send before they kill. Each ends Java with 128
 * plus the signal's number, as Java itself does for all but the last.
 */
final class Signals implements AutoCloseable {
    private static final List<String> NAMES = List.of("INT", "TERM", "HUP", "USR1");

    private final Map<Signal, SignalHandler> before = new LinkedHashMap<>();
    private volatile String received = "";

    /** Takes the signals that this system has. Those that are ignored, as under nohup, stay so. */
    Signals() {
        for (String name : NAMES) {
            try {
                take(new Signal(name));
            } catch (IllegalArgumentException unknownOrReserved) {
                // Windows has no SIGUSR1, and under -Xrs Java leaves all to the system.
            }
        }
    }

    private void take(Signal signal) {
        SignalHandler other = Signal.handle(signal, this::end);
        if (other.equals(SignalHandler.SIG_IGN)) {
            Signal.handle(signal, other);
        } else {
            before.put(signal, other);
        }
    }

    private void end(Signal signal) {
        received = "SIG" + signal.getName();
        System.exit(128 + signal.getNumber());
    }

    /** The name of the signal that came last, such as {@code SIGTERM}; empty before. */
    String received() {
        return received;
    }

    /** Gives the signals back. */
    @Override
    public void close() {
        before.forEach(Signal::handle);
    }
}
