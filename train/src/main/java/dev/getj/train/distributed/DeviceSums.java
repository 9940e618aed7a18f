package dev.getj.train.distributed;

import dev.getj.kernels.DeviceCall;

/** Sums over ranks of a tensor that stays on its device, by way of a copy there. */
interface DeviceSums {
    /** Makes room for a copy of {@code count} floats. */
    void reserve(int count);

    /** Copies a tensor to that room. */
    void take(DeviceCall.Place tensor);

    /** As {@link Collectives#sum}, of the {@code count} floats that {@link #take} copied. */
    void sumTaken(int count, double[] weights);

    /** Copies what {@link #sumTaken} left to a tensor. */
    void give(DeviceCall.Place tensor);
}
