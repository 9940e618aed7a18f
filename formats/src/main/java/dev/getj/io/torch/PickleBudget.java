package dev.getj.io.torch;

/**
 * What one pickle may cost: one for every value, mark and memo entry, and for every item that is
 * copied from one container to another; long keys cost more, because they are compared. Without it
 * a few bytes, repeated or compressed well, fill the heap or keep a processor busy for minutes.
 */
final class PickleBudget {
    /** The largest real checkpoints have some ten thousand values; CIFAR-100 has 300,000. */
    static final int STEPS = 1 << 21;

    /** Characters of a key that one step pays for. */
    private static final int CHARACTERS = 256;

    private final PickleBytes in;
    private int left = STEPS;

    PickleBudget(PickleBytes in) {
        this.in = in;
    }

    /**
     * @throws dev.getj.io.GetjException if that is more than what is left
     */
    void spend(int steps) {
        if (steps > left) {
            throw in.refuse("it describes more than %s values, or copies of them".formatted(STEPS));
        }
        left -= steps;
    }

    /** Pays for looking a key up. */
    void spendKey(String key) {
        spend(1 + key.length() / CHARACTERS);
    }
}
