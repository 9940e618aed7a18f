package dev.getj.profile;

import dev.getj.kernels.op.Cost;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the time of a step goes. All amounts are those of one step: one batch sampled or trained
 * on.
 *
 * @param kernels the slowest first
 * @param stepMs wall-clock time of a step as it usually runs, the median
 * @param deviceClock whether kernels are timed by the device's own clock: without what it takes to
 *     start them. Otherwise by the wall clock
 * @param kernelsMs time of all kernels, which the shares are of
 * @param mixedShare of that time, in operations with 16-bit factors, on tensor cores
 * @param launchesMs time of all launches where each runs by itself, by the wall clock
 * @param uploadMs time to bring floats to the device
 * @param uploadBytes how many
 * @param downloadMs time to bring floats from the device
 * @param downloadBytes how many
 * @param firstMs the first step, in which a device's kernels are compiled
 * @param warmUpMs all steps before those that are measured, the first included
 * @param jitMs work of Java's own compilers during the warm-up, on other threads as well
 * @param compilerMs TornadoVM's compilation of a device's kernels
 * @param driverMs the driver's
 * @param roof what the device does at best
 */
public record Profile(
        List<Kernel> kernels,
        double stepMs,
        boolean deviceClock,
        double kernelsMs,
        double mixedShare,
        double launchesMs,
        double uploadMs,
        long uploadBytes,
        double downloadMs,
        long downloadBytes,
        double firstMs,
        double warmUpMs,
        double jitMs,
        double compilerMs,
        double driverMs,
        Roof roof) {
    /**
     * All launches of one kernel in a step.
     *
     * @param share of the time of all launches
     * @param gflops 10⁹ floating-point operations a second, by the textbook's count
     * @param gbps 10⁹ bytes a second, every operand counted once
     * @param ofRoof share of what the device could do: 1 is as fast as its memory or its arithmetic
     *     allows; above 1 where operands stay in a cache
     */
    public record Kernel(
            String name,
            long calls,
            double ms,
            double share,
            double gflops,
            double gbps,
            double ofRoof) {}

    /** What is known from running unprofiled. */
    record Unprofiled(double stepMs, double firstMs, double warmUpMs, double jitMs) {}

    private record Total(Cost cost, long calls, long nanos) {
        Total plus(Total other) {
            return new Total(cost.plus(other.cost), calls + other.calls, nanos + other.nanos);
        }
    }

    /** What the device told of compiling its kernels; zeros where it has none. */
    record Compilation(double compilerMs, double driverMs) {}

    /** Sums up a recording of {@code steps} equal steps. */
    static Profile of(
            Recording recording,
            int steps,
            Unprofiled unprofiled,
            Compilation compilation,
            Roof roof) {
        boolean deviceClock = recording.timedByDevice();
        Map<String, Total> totals = new LinkedHashMap<>();
        for (Recording.Computed each : recording.computed()) {
            totals.merge(
                    each.cost().operation(),
                    new Total(each.cost(), 1, deviceClock ? each.deviceNanos() : each.nanos()),
                    Total::plus);
        }
        double all = totals.values().stream().mapToLong(Total::nanos).sum();
        List<Kernel> kernels = new ArrayList<>();
        totals.forEach(
                (name, total) -> {
                    double seconds = Math.max(1, total.nanos) * 1e-9;
                    double gflops = total.cost.mixed() ? roof.mixedGflops() : roof.gflops();
                    kernels.add(
                            new Kernel(
                                    name,
                                    total.calls / steps,
                                    seconds * 1e3 / steps,
                                    total.nanos / all,
                                    total.cost.flops() / seconds * 1e-9,
                                    total.cost.bytes() / seconds * 1e-9,
                                    total.cost.ofRoof(seconds, gflops * 1e9, roof.gbps() * 1e9)));
                });
        kernels.sort(Comparator.comparingDouble(Kernel::ms).reversed());
        return new Profile(
                kernels,
                unprofiled.stepMs,
                deviceClock,
                all * 1e-6 / steps,
                totals.values().stream().filter(it -> it.cost.mixed()).mapToLong(Total::nanos).sum()
                        / all,
                recording.computed().stream().mapToLong(Recording.Computed::nanos).sum()
                        * 1e-6
                        / steps,
                nanos(recording, true) * 1e-6 / steps,
                bytes(recording, true) / steps,
                nanos(recording, false) * 1e-6 / steps,
                bytes(recording, false) / steps,
                unprofiled.firstMs,
                unprofiled.warmUpMs,
                unprofiled.jitMs,
                compilation.compilerMs,
                compilation.driverMs,
                roof);
    }

    private static long nanos(Recording recording, boolean upload) {
        return recording.transfers().stream()
                .filter(transfer -> transfer.upload() == upload)
                .mapToLong(Recording.Transfer::nanos)
                .sum();
    }

    private static long bytes(Recording recording, boolean upload) {
        return recording.transfers().stream()
                .filter(transfer -> transfer.upload() == upload)
                .mapToLong(Recording.Transfer::bytes)
                .sum();
    }
}
