package dev.getj.onnx.runtime;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.getj.io.GetjException;
import dev.getj.io.RegularFile;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The files beside an ONNX model that hold its weights ({@code TensorProto.external_data}), found
 * by reading the model before ONNX Runtime does: they are part of what the model is, and one that
 * lies outside the model's folder is no weights of it. Only the messages that can hold tensors are
 * entered, and no content is copied.
 */
final class ExternalData {
    /** Graphs in attributes of nodes, as in a loop, nest a few deep. */
    private static final int MAX_DEPTH = 32;

    /** The largest models have some hundred thousand nodes and attributes. */
    private static final int MAX_MESSAGES = 1 << 23;

    private static final int LONGEST_NAME = 1024;

    /** Messages of onnx.proto3, as far as tensors lie in them. */
    private enum Message {
        MODEL,
        GRAPH,
        NODE,
        FUNCTION,
        ATTRIBUTE,
        SPARSE,
        TENSOR,
        ENTRY,
        OTHER;

        Message at(int field) {
            return switch (this) {
                case MODEL -> field == 7 ? GRAPH : field == 25 ? FUNCTION : OTHER;
                case FUNCTION -> field == 7 ? NODE : field == 11 ? ATTRIBUTE : OTHER;
                case GRAPH ->
                        field == 1 ? NODE : field == 5 ? TENSOR : field == 15 ? SPARSE : OTHER;
                case NODE -> field == 5 ? ATTRIBUTE : OTHER;
                case ATTRIBUTE ->
                        switch (field) {
                            case 5, 10 -> TENSOR;
                            case 6, 11 -> GRAPH;
                            case 22, 23 -> SPARSE;
                            default -> OTHER;
                        };
                case SPARSE -> field == 1 || field == 2 ? TENSOR : OTHER;
                case TENSOR -> field == 13 ? ENTRY : OTHER;
                case ENTRY, OTHER -> OTHER;
            };
        }
    }

    private final Path model;
    private final MemorySegment file;
    private final SortedSet<String> locations = new TreeSet<>();
    private int messages;

    private ExternalData(Path model, MemorySegment file) {
        this.model = model;
        this.file = file;
    }

    /**
     * The files of a model, by their names as the model has them, in order.
     *
     * @throws GetjException if one is missing or lies outside the model's folder, or the model
     *     cannot be read
     */
    static SortedSet<String> of(Path model) {
        RegularFile.require(model);
        try (FileChannel channel = FileChannel.open(model, StandardOpenOption.READ);
                Arena arena = Arena.ofConfined()) {
            MemorySegment file =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            ExternalData data = new ExternalData(model, file);
            data.read(Message.MODEL, 0, file.byteSize(), 0);
            for (String location : data.locations) {
                data.requireInside(location);
            }
            return Collections.unmodifiableSortedSet(data.locations);
        } catch (IOException e) {
            throw GetjException.reading(model, e);
        }
    }

    /** Where a file of a model lies. */
    static Path resolve(Path model, String location) {
        return model.toAbsolutePath().getParent().resolve(location);
    }

    private void requireInside(String location) {
        try {
            Path folder = model.toRealPath().getParent();
            Path named = Path.of(location);
            Path at = folder.resolve(location).normalize();
            if (named.isAbsolute() || !at.startsWith(folder) || at.equals(folder)) {
                throw outside(location);
            }
            if (!Files.isRegularFile(at)) {
                throw new GetjException(
                        "%s keeps weights in the file '%s', which is not beside it; copy both"
                                .formatted(model, location));
            }
            if (!at.toRealPath().startsWith(folder)) {
                throw outside(location);
            }
        } catch (InvalidPathException _) {
            throw outside(location);
        } catch (IOException e) {
            throw GetjException.reading(model, e);
        }
    }

    private GetjException outside(String location) {
        return new GetjException(
                "%s names weights in '%s', outside its own folder, which is not read"
                        .formatted(model, location));
    }

    private void read(Message message, long from, long end, int depth) {
        if (depth > MAX_DEPTH || ++messages > MAX_MESSAGES) {
            throw damaged("it nests too deeply or has too many parts");
        }
        long at = from;
        while (at < end) {
            Varint tag = varint(at, end);
            at = tag.next;
            int field = (int) (tag.value >>> 3 & 0x1FFFFFFF);
            switch ((int) (tag.value & 7)) {
                case 0 -> at = varint(at, end).next;
                case 1 -> at += Long.BYTES;
                case 5 -> at += Integer.BYTES;
                case 2 -> {
                    Varint length = varint(at, end);
                    at = length.next;
                    if (length.value < 0 || length.value > end - at) {
                        throw damaged("a part of it reaches beyond its end");
                    }
                    enter(message.at(field), at, at + length.value, depth);
                    at += length.value;
                }
                default -> throw damaged("it is no model, or damaged");
            }
            if (at > end) {
                throw damaged("a part of it reaches beyond its end");
            }
        }
    }

    private void enter(Message message, long from, long end, int depth) {
        switch (message) {
            case OTHER -> {
                // holds no tensor
            }
            case ENTRY -> entry(from, end);
            case MODEL, GRAPH, NODE, FUNCTION, ATTRIBUTE, SPARSE, TENSOR ->
                    read(message, from, end, depth + 1);
        }
    }

    /** {@code StringStringEntryProto}: the value of the key {@code location}. */
    private void entry(long from, long end) {
        String key = "";
        String value = "";
        long at = from;
        while (at < end) {
            Varint tag = varint(at, end);
            Varint length = varint(tag.next, end);
            at = length.next;
            if ((tag.value & 7) != 2 || length.value < 0 || length.value > end - at) {
                throw damaged("the place of a tensor is not described as ONNX does");
            }
            if (length.value > LONGEST_NAME) {
                throw damaged("the place of a tensor has a name of " + length.value + " bytes");
            }
            String text =
                    new String(
                            file.asSlice(at, length.value).toArray(JAVA_BYTE),
                            StandardCharsets.UTF_8);
            if (tag.value >>> 3 == 1) {
                key = text;
            } else if (tag.value >>> 3 == 2) {
                value = text;
            }
            at += length.value;
        }
        if (key.equals("location")) {
            locations.add(value);
        }
    }

    private record Varint(long value, long next) {}

    private Varint varint(long from, long end) {
        long value = 0;
        for (int i = 0; i < 10 && from + i < end; i++) {
            byte b = file.get(JAVA_BYTE, from + i);
            value |= (b & 0x7FL) << 7 * i;
            if (b >= 0) {
                return new Varint(value, from + i + 1);
            }
        }
        throw damaged("a number in it does not end");
    }

    private GetjException damaged(String what) {
        return new GetjException(model + " is not an ONNX model that can be read: " + what);
    }
}
