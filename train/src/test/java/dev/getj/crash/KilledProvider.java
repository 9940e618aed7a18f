package dev.getj.crash;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;

/** Passes all on to the default provider, and tells the switch before. */
final class KilledProvider extends FileSystemProvider {
    private final FileSystemProvider inner = FileSystems.getDefault().provider();
    private final KilledFileSystem system;
    private final KillSwitch kill;

    KilledProvider(KilledFileSystem system, KillSwitch kill) {
        this.system = system;
        this.kill = kill;
    }

    private static Path inner(Path path) {
        return KilledPath.inner(path);
    }

    @Override
    public String getScheme() {
        return "killed";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        return system;
    }

    @Override
    public Path getPath(URI uri) {
        return new KilledPath(system, Path.of(uri));
    }

    @Override
    public FileChannel newFileChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        boolean makes =
                options.contains(StandardOpenOption.CREATE_NEW)
                        || options.contains(StandardOpenOption.CREATE)
                                && !Files.exists(inner(path));
        if (makes) {
            kill.change();
        } else {
            kill.alive();
        }
        return new KilledChannel(
                kill.opened(inner.newFileChannel(inner(path), options, attributes)), kill);
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(
            Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
        kill.alive();
        DirectoryStream<Path> found =
                inner.newDirectoryStream(
                        inner(folder), path -> filter.accept(new KilledPath(system, path)));
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                return StreamSupport.stream(found.spliterator(), false)
                        .map(path -> (Path) new KilledPath(system, path))
                        .iterator();
            }

            @Override
            public void close() throws IOException {
                found.close();
            }
        };
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
        kill.alive();
        if (!Files.exists(inner(folder))) {
            kill.change();
        }
        inner.createDirectory(inner(folder), attributes);
    }

    @Override
    public void createLink(Path link, Path existing) throws IOException {
        kill.change();
        inner.createLink(inner(link), inner(existing));
    }

    @Override
    public void delete(Path path) throws IOException {
        kill.change();
        inner.delete(inner(path));
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) throws IOException {
        kill.change();
        inner.copy(inner(source), inner(target), options);
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        kill.change();
        inner.move(inner(source), inner(target), options);
    }

    @Override
    public boolean isSameFile(Path path, Path other) throws IOException {
        return inner.isSameFile(inner(path), inner(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
        return inner.isHidden(inner(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        return inner.getFileStore(inner(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        kill.alive();
        inner.checkAccess(inner(path), modes);
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(
            Path path, Class<V> type, LinkOption... options) {
        return inner.getFileAttributeView(inner(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(
            Path path, Class<A> type, LinkOption... options) throws IOException {
        kill.alive();
        return inner.readAttributes(inner(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
            throws IOException {
        kill.alive();
        return inner.readAttributes(inner(path), names, options);
    }

    @Override
    public void setAttribute(Path path, String name, Object value, LinkOption... options)
            throws IOException {
        kill.change();
        inner.setAttribute(inner(path), name, value, options);
    }
}
