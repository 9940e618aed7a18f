package dev.getj.kernels;

/**
 * What is known of a device's speed: by it the fastest of several kernels is chosen, and how far a
 * sum is cut into parts. So it decides in which order sums are taken, and thereby their last bits:
 * results are the same on one device with one profile.
 *
 * @param device its name, as its driver has it
 * @param processors that run work-groups at the same time
 * @param limits numbers of work-groups
 * @param costs times of matrix products
 */
public record DeviceProfile(String device, int processors, Limits limits, Costs costs) {
    // Costs on an H200, by hand, with the clock of CUDA: docs/kernels/matmul.md.
    private static final Costs H200_COSTS =
            new Costs(
                    new Cost(122, 105, 16, 0),
                    new Cost(90, 61, 16, 0),
                    new Cost(12, 12, 0, 1500),
                    new Cost(44, 30, 30, 0),
                    new Join(3000, 2e-3));

    private static final double LONG_PRODUCT_OF_PROCESSOR = 1.5e8;

    /** What was measured on the device that the kernels were written for. */
    public static final DeviceProfile H200 =
            new DeviceProfile("NVIDIA H200", 132, new Limits(128, 256, 1000), H200_COSTS);

    /**
     * Operations of a library's product from which on it takes a device of this kind longer than
     * the host needs to start it. An estimate for the {@link #H200}, for others by their
     * processors: 2e10 operations take it 35 µs at 580 TFLOP/s, a start some µs. What it decides
     * is speed alone.
     */
    public double longProduct() {
        return LONG_PRODUCT_OF_PROCESSOR * processors;
    }

    /**
     * @throws IllegalArgumentException if there is no processor
     */
    public DeviceProfile {
        Limits.require("processors", processors);
    }

    /**
     * How many work-groups and tiles are enough for what.
     *
     * @param busy groups that keep the device busy
     * @param parts groups into which a weight gradient is cut
     * @param few small tiles of a product from which on each row has the same bits in any batch
     */
    public record Limits(int busy, int parts, int few) {
        /**
         * @throws IllegalArgumentException if one is below 1
         */
        public Limits {
            require("busy", busy);
            require("parts", parts);
            require("few", few);
        }

        private static void require(String name, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(
                        "device profile: %s must be at least 1, is %s".formatted(name, value));
            }
        }
    }

    /**
     * What a work-group costs, in nanoseconds.
     *
     * @param alone for one product of each of its sums, on a processor of its own
     * @param among the same, where it shares the processor
     * @param ahead products of a sum that take as long as what comes before and after them
     * @param start what is added whatever the sums
     */
    public record Cost(double alone, double among, double ahead, double start) {
        /**
         * @throws IllegalArgumentException if one is negative, or a product costs nothing
         */
        public Cost {
            if (!(alone > 0 && among > 0 && ahead >= 0 && start >= 0)) {
                throw new IllegalArgumentException(
                        "device profile: costs must be positive, are %s, %s, %s, %s"
                                .formatted(alone, among, ahead, start));
            }
        }

        /** Nanoseconds for {@code groups} work-groups a processor, {@code depth} products a sum. */
        public double nanos(int groups, int depth) {
            return Math.max(alone, among * groups) * (depth + ahead) + start;
        }
    }

    /**
     * What it costs to add the parts of a product, in nanoseconds.
     *
     * @param element for each element of each part
     */
    public record Join(double start, double element) {}

    /** Of the kernels of a product: large tiles, small ones, slices, and split sums. */
    public record Costs(Cost large, Cost small, Cost sliced, Cost split, Join join) {}

    /**
     * What is assumed of a device that was not measured: the {@link #H200} itself, or its costs
     * with the device's processors.
     *
     * @param device its name, as its driver has it
     * @param processors as its driver tells; taken for 1 where it does not
     */
    public static DeviceProfile assumed(String device, int processors) {
        if (device.equals(H200.device)) {
            return H200;
        }
        int there = Math.max(1, processors);
        Limits limits =
                new Limits(there, Math.multiplyExact(2, there), Math.multiplyExact(8, there));
        return new DeviceProfile(device, there, limits, H200_COSTS);
    }

    /** The same device with other costs. */
    public DeviceProfile with(Costs measured) {
        return new DeviceProfile(device, processors, limits, measured);
    }
}
