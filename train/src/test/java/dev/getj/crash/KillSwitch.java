package dev.getj.crash;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;

/** Counts the operations that change files, and kills before one of them. */
final class KillSwitch {
    private final int at;
    private final List<FileChannel> open = new ArrayList<>();
    private int count;
    private boolean dead;

    /**
     * @param at the operation that is not done, counted from 1; 0 for none
     */
    KillSwitch(int at) {
        this.at = at;
    }

    /** Called before a change. */
    synchronized void change() {
        count++;
        if (count == at) {
            dead = true;
        }
        alive();
    }

    /** Called before anything else. */
    synchronized void alive() {
        if (dead) {
            throw new Killed();
        }
    }

    /** True if the next change kills. */
    synchronized boolean isLast() {
        return !dead && count + 1 == at;
    }

    synchronized FileChannel opened(FileChannel channel) {
        open.add(channel);
        return channel;
    }

    /** What the system does after a process. */
    synchronized void closeAll() throws IOException {
        for (FileChannel channel : open) {
            channel.close();
        }
    }

    synchronized boolean fired() {
        return dead;
    }

    synchronized int changes() {
        return count;
    }
}
