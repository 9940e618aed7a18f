package dev.getj.solver;

/** Goes through a {@link VectorFunction} forward, and back over what was recorded on the way. */
record RecordedFunction(VectorFunction function) implements HostFunction {
    @Override
    public void value(int sample, double[] z, double[] next) {
        double[] value = apply(sample, Vector.of(z)).value();
        System.arraycopy(value, 0, next, 0, next.length);
    }

    private Vector apply(int sample, Vector z) {
        Vector next = function.apply(sample, z);
        if (next.size() != z.size()) {
            throw new IllegalArgumentException(
                    "f(z) has %s elements, z has %s".formatted(next.size(), z.size()));
        }
        return next;
    }

    @Override
    public void pullBack(
            int sample, double[] z, double[] next, double[] cotangent, double[] product) {
        Vector state = Vector.of(z);
        apply(sample, state).pullBack(cotangent, false);
        System.arraycopy(state.gradient(), 0, product, 0, product.length);
    }

    @Override
    public void accumulate(int sample, double[] z, double[] next, double[] cotangent) {
        apply(sample, Vector.of(z)).pullBack(cotangent, true);
    }
}
