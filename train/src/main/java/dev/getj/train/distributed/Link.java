package dev.getj.train.distributed;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A connection to another rank. Messages are a byte for the kind, four for the length, and the
 * content; a thread reads them, so that signs of life are seen whatever else this process does.
 */
final class Link implements AutoCloseable {
    /** Bytes of a message; longer data are sent in several. */
    static final int LONGEST = 1 << 22;

    private static final int BEAT = 0;
    private static final int DATA = 1;
    private static final int FAILURE = 2;
    private static final int END = 3;

    /** Data of which more follows. */
    private static final int PIECE = 4;

    /** How long a failure waits for another message to be sent. */
    private static final long FAILURE_MILLISECONDS = 1000;

    /** Learns what is not data. */
    interface Listener {
        /** The other rank has failed, and says why; the text is whole sentences for the user. */
        void failed(Link link, String why);

        /** The connection is closed without a word. */
        void lost(Link link);
    }

    private final Socket socket;
    private final int peer;
    private final String description;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final ReentrantLock sending = new ReentrantLock();
    private final LinkedBlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    private volatile long heard = System.nanoTime();
    private volatile boolean ended;

    /**
     * @param peer number of the other rank
     * @param description of it, for messages
     */
    Link(Socket socket, DataInputStream in, int peer, String description) throws IOException {
        this.socket = socket;
        this.in = in;
        this.peer = peer;
        this.description = description;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(0);
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
    }

    int peer() {
        return peer;
    }

    String description() {
        return description;
    }

    void start(Listener listener) {
        heard = System.nanoTime(); // others may have come long after this one
        Thread.ofPlatform().daemon().name("getj-from-rank-" + peer).start(() -> read(listener));
    }

    private void read(Listener listener) {
        ByteArrayOutputStream pieces = new ByteArrayOutputStream();
        try {
            while (true) {
                int kind = in.readUnsignedByte();
                int length = in.readInt();
                if (length < 0 || length > LONGEST) {
                    throw new IOException("a message of " + length + " bytes");
                }
                byte[] content = new byte[length];
                in.readFully(content);
                heard = System.nanoTime();
                switch (kind) {
                    case PIECE -> pieces.writeBytes(content);
                    case DATA -> {
                        received.add(joined(pieces, content));
                        pieces.reset();
                    }
                    case FAILURE -> listener.failed(this, Text.of(content));
                    case END -> ended = true;
                    default -> {
                        // a sign of life, which was noted
                    }
                }
            }
        } catch (IOException gone) {
            if (!ended) {
                listener.lost(this);
            }
            ended = true;
        }
    }

    private static byte[] joined(ByteArrayOutputStream pieces, byte[] last) {
        if (pieces.size() == 0) {
            return last;
        }
        pieces.writeBytes(last);
        return pieces.toByteArray();
    }

    /** Seconds since anything came from there. */
    double silence() {
        return (System.nanoTime() - heard) * 1e-9;
    }

    /** True once the other rank has said that it is done, or is gone. */
    boolean ended() {
        return ended;
    }

    /** The next piece of data, if it comes within a short time. */
    Optional<byte[]> poll(long milliseconds) throws InterruptedException {
        return Optional.ofNullable(received.poll(milliseconds, TimeUnit.MILLISECONDS));
    }

    void data(byte[] content) throws IOException {
        sending.lock();
        try {
            int at = 0;
            for (; content.length - at > LONGEST; at += LONGEST) {
                write(PIECE, Arrays.copyOfRange(content, at, at + LONGEST));
            }
            write(DATA, at == 0 ? content : Arrays.copyOfRange(content, at, content.length));
        } finally {
            sending.unlock();
        }
    }

    /** Says why all end, unless data are being sent to one that does not take them. */
    void failure(String why) throws IOException {
        attempt(FAILURE, Text.bytes(why), FAILURE_MILLISECONDS);
    }

    /** Sends nothing more. The other rank reads all that was sent, and then that this one ends. */
    void finish() throws IOException {
        socket.shutdownOutput();
    }

    void end() throws IOException {
        sending.lock();
        try {
            write(END, new byte[0]);
        } finally {
            sending.unlock();
        }
    }

    /** A sign of life, unless something is being sent anyway. */
    void beat() throws IOException {
        attempt(BEAT, new byte[0], 0);
    }

    private void attempt(int kind, byte[] content, long milliseconds) throws IOException {
        try {
            if (sending.tryLock(milliseconds, TimeUnit.MILLISECONDS)) {
                try {
                    write(kind, content);
                } finally {
                    sending.unlock();
                }
            }
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(int kind, byte[] content) throws IOException {
        out.writeByte(kind);
        out.writeInt(content.length);
        out.write(content);
        out.flush();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException _) {
            // nothing more is sent or read
        }
    }
}
