package dev.getj.profile;

import dev.getj.kernels.op.Cost;
import dev.getj.kernels.profile.ProfileListener;

import java.util.ArrayList;
import java.util.List;

/** Keeps what a backend tells of its operations and transfers, in order. */
final class Recording implements ProfileListener {
    /** An operation that was computed; times in nanoseconds. */
    record Computed(String program, Cost cost, long start, long nanos, long deviceNanos) {}

    /** Floats on their way. */
    record Transfer(boolean upload, long bytes, long start, long nanos) {}

    private final List<Computed> computed = new ArrayList<>();
    private final List<Transfer> transfers = new ArrayList<>();

    @Override
    public void computed(String program, Cost cost, long start, long nanos, long deviceNanos) {
        computed.add(new Computed(program, cost, start, nanos, deviceNanos));
    }

    @Override
    public void transfer(boolean upload, long bytes, long start, long nanos) {
        transfers.add(new Transfer(upload, bytes, start, nanos));
    }

    /** True if the device told the time of every operation. */
    boolean timedByDevice() {
        return computed.stream().allMatch(each -> each.deviceNanos > 0);
    }

    List<Computed> computed() {
        return computed;
    }

    List<Transfer> transfers() {
        return transfers;
    }

    void clear() {
        computed.clear();
        transfers.clear();
    }
}
