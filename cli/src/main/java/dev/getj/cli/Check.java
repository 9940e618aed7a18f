package dev.getj.cli;

import com.fasterxml.jackson.annotation.JsonValue;

import java.util.Locale;

/**
 * One thing that {@code getj doctor} looked at.
 *
 * @param found what is here
 * @param advice what to do; empty if nothing
 */
record Check(String name, State state, String found, String advice) {
    /** How it stands. */
    enum State {
        /** As it should be. */
        OK,
        /** getj works without, but slower or with less. */
        OPTIONAL,
        /** getj needs it. */
        MISSING;

        @JsonValue
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Check ok(String name, String found) {
        return new Check(name, State.OK, found, "");
    }

    static Check optional(String name, String found, String advice) {
        return new Check(name, State.OPTIONAL, found, advice);
    }

    static Check missing(String name, String found, String advice) {
        return new Check(name, State.MISSING, found, advice);
    }
}
