package dev.getj.profile;

import dev.getj.kernels.Backend;
import dev.getj.kernels.DeviceClock;
import dev.getj.kernels.profile.ProfiledBackend;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Measures a piece of work in three parts, on a fresh backend each: what the device does at best,
 * the work as it usually runs, and the work launch by launch.
 */
public final class Profiler {
    private final Supplier<Backend> backends;
    private final Function<Backend, Runnable> work;
    private final int warmUp;
    private final int steps;

    /**
     * @param backends opens the device; each backend is closed before the next is opened
     * @param work prepares a step on a backend
     * @param warmUp steps before the measured ones; at least 1
     * @param steps measured steps
     */
    public Profiler(
            Supplier<Backend> backends, Function<Backend, Runnable> work, int warmUp, int steps) {
        if (warmUp < 1 || steps < 1) {
            throw new IllegalArgumentException(
                    "a profile needs a step to warm up and one to measure, not %s and %s"
                            .formatted(warmUp, steps));
        }
        this.backends = backends;
        this.work = work;
        this.warmUp = warmUp;
        this.steps = steps;
    }

    /** A profile, and the launches of its last step. */
    public record Measured(Profile profile, Trace trace) {}

    /**
     * Runs it all.
     *
     * @param progress told what begins
     */
    public Measured run(Consumer<String> progress) {
        progress.accept("measuring what the device does at best");
        Roof roof;
        try (Backend backend = backends.get()) {
            roof = Roof.measure(backend, !backend.id().equals("jvm"));
        }
        progress.accept("running %s steps, after %s to warm up".formatted(steps, warmUp));
        Profile.Unprofiled unprofiled;
        try (Backend backend = backends.get()) {
            unprofiled = unprofiled(work.apply(backend));
        }
        progress.accept("running them launch by launch");
        Recording recording = new Recording();
        Profile.Compilation compilation;
        try (Backend backend = new ProfiledBackend(backends.get(), recording)) {
            Runnable step = work.apply(backend);
            for (int i = 0; i < warmUp; i++) {
                step.run();
            }
            recording.clear();
            for (int i = 0; i < steps; i++) {
                step.run();
            }
            compilation = compilation(backend.clock());
        }
        Profile profile = Profile.of(recording, steps, unprofiled, compilation, roof);
        return new Measured(profile, Trace.ofLast(recording, steps));
    }

    private Profile.Unprofiled unprofiled(Runnable step) {
        long jit = jitMs();
        long begin = System.nanoTime();
        double first = ms(step);
        for (int i = 1; i < warmUp; i++) {
            step.run();
        }
        double warm = (System.nanoTime() - begin) * 1e-6;
        double compiled = jitMs() - jit;
        double[] times = new double[steps];
        Arrays.setAll(times, _ -> ms(step));
        Arrays.sort(times);
        double median = (times[(steps - 1) / 2] + times[steps / 2]) / 2;
        return new Profile.Unprofiled(median, first, warm, compiled);
    }

    private static Profile.Compilation compilation(Optional<DeviceClock> clock) {
        return clock.map(
                        c ->
                                new Profile.Compilation(
                                        c.compilerNanos() * 1e-6, c.driverNanos() * 1e-6))
                .orElse(new Profile.Compilation(0, 0));
    }

    private static double ms(Runnable step) {
        long start = System.nanoTime();
        step.run();
        return (System.nanoTime() - start) * 1e-6;
    }

    private static long jitMs() {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        return compiler != null && compiler.isCompilationTimeMonitoringSupported()
                ? compiler.getTotalCompilationTime()
                : 0;
    }
}
