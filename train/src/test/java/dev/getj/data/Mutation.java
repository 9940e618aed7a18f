package dev.getj.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/** Damages files as disks, networks and attackers do, in an order that a seed repeats. */
final class Mutation {
    private static final long[] INTERESTING = {
        0,
        1,
        -1,
        2,
        0x7F,
        0x80,
        0xFF,
        0x7FFF,
        0xFFFF,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        0xFFFFFFFFL,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        1L << 40,
        1L << 62
    };

    private Mutation() {}

    /** A damaged copy: one to six changes. */
    static byte[] of(byte[] file, Random random) {
        byte[] bytes = file.clone();
        for (int change = 1 + random.nextInt(6); change > 0; change--) {
            bytes = change(bytes, random);
        }
        return bytes;
    }

    private static byte[] change(byte[] bytes, Random random) {
        if (bytes.length < 16) {
            return Arrays.copyOf(bytes, bytes.length + random.nextInt(16));
        }
        int at = place(bytes, random);
        int length = 1 + random.nextInt(Math.min(64, bytes.length - at));
        switch (random.nextInt(8)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt();
            case 2 -> overwrite(bytes, at, INTERESTING[random.nextInt(INTERESTING.length)], random);
            case 3 -> overwrite(bytes, at, bytes.length + random.nextInt(5) - 2, random);
            case 4 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 5 -> {
                return joined(bytes, 0, at, at + length, bytes.length);
            }
            case 6 -> {
                return joined(bytes, 0, at + length, at, bytes.length);
            }
            default -> {
                int from = random.nextInt(bytes.length - length + 1);
                System.arraycopy(bytes, from, bytes, at, length);
            }
        }
        return bytes;
    }

    /** Headers stand at the beginning and at the end: half of the changes are there. */
    private static int place(byte[] bytes, Random random) {
        int end = Math.min(bytes.length, 512);
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(end);
            case 1 -> bytes.length - 1 - random.nextInt(end);
            default -> random.nextInt(bytes.length);
        };
    }

    private static void overwrite(byte[] bytes, int at, long value, Random random) {
        ByteBuffer buffer = ByteBuffer.allocate(8);
        boolean little = random.nextInt(4) > 0;
        int width = 1 << random.nextInt(4);
        buffer.order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN).putLong(value);
        System.arraycopy(
                buffer.array(),
                little ? 0 : 8 - width,
                bytes,
                at,
                Math.min(width, bytes.length - at));
    }

    private static byte[] joined(byte[] bytes, int from, int to, int from2, int to2) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, from, to - from);
        out.write(bytes, from2, to2 - from2);
        return out.toByteArray();
    }
}
