package uk.ac.manchester.tornado.api.common;

/** What a task does with an argument. */
public enum Access {
    /** Nothing. */
    NONE((byte) 0),

    /** Reads it. */
    READ_ONLY((byte) 1),

    /** Overwrites it. */
    WRITE_ONLY((byte) 2),

    /** Both. */
    READ_WRITE((byte) 3);

    /** Its bits. */
    public final byte position;

    Access(byte position) {
        this.position = position;
    }
}
