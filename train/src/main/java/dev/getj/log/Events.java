package dev.getj.log;

import dev.getj.io.ProtoMessage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * TensorFlow's {@code Event} message, the part of it that we write; numbers of fields are those of
 * tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto.
 */
final class Events {
    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int SESSION_LOG = 7;

    /** Of SessionLog. */
    private static final int STATUS = 1;

    private static final int START = 1;

    /** Of Summary, and of its values. */
    private static final int VALUE = 1;

    private static final int TAG = 1;
    private static final int SIMPLE_VALUE = 2;
    private static final int IMAGE = 4;
    private static final int TENSOR = 8;
    private static final int METADATA = 9;

    /** Of TensorProto: its type, a string, its shape, its values. */
    private static final int DTYPE = 1;

    private static final int STRING = 7;
    private static final int SHAPE = 2;
    private static final int STRING_VALUE = 8;

    /** Where a PNG file has its size, and the type of its colors. */
    private static final int PNG_WIDTH = 16;

    private static final int PNG_HEIGHT = 20;
    private static final int PNG_COLORS = 25;

    private Events() {}

    /** The first event of each file. */
    static ProtoMessage version(double wallTime) {
        return new ProtoMessage().real(WALL_TIME, wallTime).text(FILE_VERSION, "brain.Event:2");
    }

    /** A run begins, or begins again: what other files say of this step and later ones is void. */
    static ProtoMessage start(double wallTime, long step) {
        return event(wallTime, step)
                .message(SESSION_LOG, new ProtoMessage().integer(STATUS, START));
    }

    static ProtoMessage scalar(String tag, double value) {
        return new ProtoMessage().text(TAG, tag).real(SIMPLE_VALUE, (float) value);
    }

    /**
     * @param png a PNG file
     */
    static ProtoMessage image(String tag, byte[] png) {
        ByteBuffer header = ByteBuffer.wrap(png);
        // grey, or red, green and blue
        int channels = png[PNG_COLORS] == 0 ? 1 : 3;
        ProtoMessage image =
                new ProtoMessage()
                        .integer(1, header.getInt(PNG_HEIGHT))
                        .integer(2, header.getInt(PNG_WIDTH))
                        .integer(3, channels)
                        .bytes(4, png);
        return new ProtoMessage().text(TAG, tag).message(IMAGE, image);
    }

    /** Markdown. */
    static ProtoMessage text(String tag, String markdown) {
        ProtoMessage one = new ProtoMessage().integer(1, 1);
        ProtoMessage tensor =
                new ProtoMessage()
                        .integer(DTYPE, STRING)
                        .message(SHAPE, new ProtoMessage().message(2, one))
                        .bytes(STRING_VALUE, markdown.getBytes(StandardCharsets.UTF_8));
        ProtoMessage plugin = new ProtoMessage().text(1, "text");
        return new ProtoMessage()
                .text(TAG, tag)
                .message(TENSOR, tensor)
                .message(METADATA, new ProtoMessage().message(1, plugin));
    }

    /** An event of values made by the methods above. */
    static ProtoMessage summary(double wallTime, long step, Iterable<ProtoMessage> values) {
        ProtoMessage summary = new ProtoMessage();
        values.forEach(value -> summary.message(VALUE, value));
        return event(wallTime, step).message(SUMMARY, summary);
    }

    private static ProtoMessage event(double wallTime, long step) {
        return new ProtoMessage().real(WALL_TIME, wallTime).integer(STEP, step);
    }
}
