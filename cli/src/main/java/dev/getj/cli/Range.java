package dev.getj.cli;

/** The numbers that an option takes. */
sealed interface Range {
    boolean contains(Number number);

    /** Such as {@code a whole number from 1 to 1024}. */
    String describe();

    /** From {@code least} to {@code most}. */
    record Whole(long least, long most) implements Range {
        @Override
        public boolean contains(Number number) {
            return number.longValue() >= least && number.longValue() <= most;
        }

        @Override
        public String describe() {
            return "a whole number from " + least + " to " + most;
        }
    }

    /** Numbers between two, which belong to it where it says so; {@code NaN} never does. */
    record Real(double low, boolean withLow, double high, boolean withHigh) implements Range {
        @Override
        public boolean contains(Number number) {
            double value = number.doubleValue();
            return (withLow ? value >= low : value > low)
                    && (withHigh ? value <= high : value < high);
        }

        @Override
        public String describe() {
            String from = withLow ? "a number of at least " : "a number above ";
            String to = withHigh ? " and at most " : " and below ";
            return from + text(low) + (high == Double.MAX_VALUE ? "" : to + text(high));
        }

        private static String text(double bound) {
            return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
        }
    }
}
