package dev.getj.io.torch;

import dev.getj.io.GetjException;
import dev.getj.io.MappedFile;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A file that Python's {@code pickle.dump} wrote, of Python 2 or 3, such as a batch of CIFAR's
 * python version: numbers, text, containers and NumPy arrays. It is interpreted, never run; see
 * {@link PyValue} for what it can hold.
 *
 * <pre>{@code
 * PyValue.Dict batch = (PyValue.Dict) PickleFile.read(Path.of("data_batch_1"));
 * StridedTensor pixels = ((PyValue.Array) batch.get("data")).tensor("data_batch_1, data");
 * }</pre>
 *
 * <p>Strings that Python 2 wrote are {@link PyValue.Str} if they are short and valid UTF-8, else
 * {@link PyValue.Bytes}; bytes as a key of a dict become a string.
 */
public final class PickleFile {
    private PickleFile() {}

    /**
     * Reads a file's first pickle.
     *
     * @throws GetjException naming the file and what is wrong or not allowed in it
     */
    public static PyValue read(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            return read(path.toString(), MappedFile.map(path, arena));
        }
    }

    /**
     * Reads a pickle that lies in memory; nothing of the result refers to it.
     *
     * @param label what error messages call it
     * @throws GetjException as above
     */
    public static PyValue read(String label, MemorySegment bytes) {
        return Pickle.read(label, bytes, 0).value();
    }
}
