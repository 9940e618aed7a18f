package dev.getj.profile;

import dev.getj.kernels.profile.LaunchCost;
import dev.getj.kernels.profile.LaunchListener;

import java.util.ArrayList;
import java.util.List;

/** Keeps what a backend tells of its launches and transfers, in order. */
final class Recording implements LaunchListener {
    /** A launch; times in nanoseconds. */
    record Launch(String program, LaunchCost cost, long start, long nanos, long deviceNanos) {}

    /** Floats on their way. */
    record Transfer(boolean upload, long bytes, long start, long nanos) {}

    private final List<Launch> launches = new ArrayList<>();
    private final List<Transfer> transfers = new ArrayList<>();

    @Override
    public void launch(String program, LaunchCost cost, long start, long nanos, long deviceNanos) {
        launches.add(new Launch(program, cost, start, nanos, deviceNanos));
    }

    @Override
    public void transfer(boolean upload, long bytes, long start, long nanos) {
        transfers.add(new Transfer(upload, bytes, start, nanos));
    }

    /** True if the device told the time of every launch. */
    boolean timedByDevice() {
        return launches.stream().allMatch(launch -> launch.deviceNanos > 0);
    }

    List<Launch> launches() {
        return launches;
    }

    List<Transfer> transfers() {
        return transfers;
    }

    void clear() {
        launches.clear();
        transfers.clear();
    }
}
