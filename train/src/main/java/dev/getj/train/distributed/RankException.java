package dev.getj.train.distributed;

import dev.getj.io.GetjException;

/**
 * Several processes cannot work on together: one of them is gone, does not answer, has failed, or
 * differs from the others.
 */
public final class RankException extends GetjException {
    private final boolean toldElsewhere;

    /**
     * @param toldElsewhere whether another process tells the user
     */
    RankException(String message, boolean toldElsewhere) {
        super(message);
        this.toldElsewhere = toldElsewhere;
    }

    /** True if another process tells the user, so that one line is printed and not one a process. */
    public boolean toldElsewhere() {
        return toldElsewhere;
    }
}
