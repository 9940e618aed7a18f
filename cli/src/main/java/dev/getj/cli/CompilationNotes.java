package dev.getj.cli;

import dev.getj.kernels.CompilationListener;

import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Says every few seconds how far a device is with compiling, and how long it took. */
final class CompilationNotes implements CompilationListener {
    private static final double INTERVAL = 5e9;

    private final String device;
    private final Consumer<String> note;
    private final LongSupplier clock;
    private long said;

    /**
     * @param note takes a line
     * @param clock nanoseconds
     */
    CompilationNotes(String device, Consumer<String> note, LongSupplier clock) {
        this.device = device;
        this.note = note;
        this.clock = clock;
        said = clock.getAsLong();
    }

    @Override
    public void compiled(int kernels, int recorded, double seconds) {
        long now = clock.getAsLong();
        if (kernels < recorded && now - said >= INTERVAL) {
            said = now;
            note.accept("compiling kernels for %s: %s of %s".formatted(device, kernels, recorded));
        }
    }

    @Override
    public void finished(int kernels, double seconds) {
        note.accept(
                "%s kernels compiled for %s, and run once, in %s"
                        .formatted(kernels, device, LineProgress.duration(seconds)));
    }
}
