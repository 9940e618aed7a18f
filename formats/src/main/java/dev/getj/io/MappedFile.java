package dev.getj.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Function;

/** Files that are mapped into memory as a whole. */
public final class MappedFile {
    private MappedFile() {}

    /**
     * All bytes of a file, for as long as the arena is open.
     *
     * @throws GetjException if it cannot be read, or is no regular file
     */
    public static MemorySegment map(Path path, Arena arena) {
        RegularFile.require(path);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            throw GetjException.reading(path, e);
        }
    }

    /**
     * What a reader makes of a file. The result closes the arena; if there is none, it is closed
     * here.
     *
     * @throws GetjException as {@link #map}, and what the reader throws
     */
    public static <T> T open(Path path, Arena arena, Function<MemorySegment, T> reader) {
        boolean made = false;
        try {
            T result = reader.apply(map(path, arena));
            made = true;
            return result;
        } finally {
            if (!made) {
                arena.close();
            }
        }
    }
}
