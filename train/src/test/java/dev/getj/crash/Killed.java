package dev.getj.crash;

/** The end of a process: nothing that it does afterwards reaches the disk. */
public final class Killed extends Error {
    Killed() {
        super("killed", null, false, false);
    }
}
