package dev.getj.train.distributed;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Collectives over the connections to rank 0, which does all additions: for a few processes without
 * MPI or NCCL. Its traffic grows with the number of ranks.
 */
final class Sockets implements Collectives {
    /** Floats of a message. */
    static final int PIECE = Link.LONGEST / Float.BYTES;

    private final Hub hub;
    private final boolean first;

    Sockets(Hub hub, Rank rank) {
        this.hub = hub;
        first = rank.first();
    }

    @Override
    public String name() {
        return "sockets";
    }

    @Override
    public void sum(float[] values, double[] weights) {
        if (!first) {
            for (int at = 0; at < values.length; at += PIECE) {
                hub.send(hub.links().getFirst(), bytes(values, at));
            }
        }
        for (int at = 0; at < values.length; at += PIECE) {
            if (first) {
                sumPiece(values, at, weights);
            }
            copyPiece(values, at);
        }
    }

    private void sumPiece(float[] values, int at, double[] weights) {
        int count = Math.min(PIECE, values.length - at);
        List<FloatBuffer> others = new ArrayList<>();
        for (Link link : hub.links()) {
            others.add(floats(hub.receive(link)));
        }
        for (int i = 0; i < count; i++) {
            double sum = 0;
            sum += weights[0] * values[at + i];
            for (int r = 1; r < weights.length; r++) {
                sum += weights[r] * others.get(r - 1).get(i);
            }
            values[at + i] = (float) sum;
        }
    }

    @Override
    public void copyFromFirst(float[] values) {
        for (int at = 0; at < values.length; at += PIECE) {
            copyPiece(values, at);
        }
    }

    private void copyPiece(float[] values, int at) {
        if (first) {
            byte[] piece = bytes(values, at);
            hub.links().forEach(link -> hub.send(link, piece));
        } else {
            FloatBuffer piece = floats(hub.receive(hub.links().getFirst()));
            piece.get(values, at, Math.min(PIECE, values.length - at));
        }
    }

    static byte[] bytes(float[] values, int at) {
        int count = Math.min(PIECE, values.length - at);
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values, at, count);
        return bytes.array();
    }

    static FloatBuffer floats(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }

    @Override
    public void close() {
        // the connections are the hub's
    }
}
