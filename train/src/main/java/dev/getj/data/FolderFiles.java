package dev.getj.data;

import dev.getj.io.GetjException;
import dev.getj.io.RegularFile;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** A folder's files, at any depth; links are followed, but not in circles. */
final class FolderFiles implements PictureFiles {
    /** Folders in folders. */
    private static final int DEEPEST = 64;

    private final Path root;
    private final List<String> files = new ArrayList<>();
    private final List<String> folders = new ArrayList<>();
    private final List<String> odd = new ArrayList<>();

    private FolderFiles(Path root) {
        this.root = root;
    }

    static FolderFiles open(Path folder, String part) {
        Path root = part == null ? folder : folder.resolve(part);
        if (!Files.isDirectory(root)) {
            throw new GetjException(
                    "%s holds no folder %s; part names a folder inside".formatted(folder, part));
        }
        FolderFiles opened = new FolderFiles(root);
        try {
            Files.walkFileTree(
                    root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEEPEST, opened.visitor());
        } catch (IOException e) {
            throw GetjException.reading(root, e);
        }
        return opened;
    }

    private FileVisitor<Path> visitor() {
        return new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                if (folder.equals(root)) {
                    return FileVisitResult.CONTINUE;
                }
                folders.add(relative(folder));
                return PictureFiles.isHidden(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isDirectory()) {
                    throw new GetjException(
                            "%s lies more than %s folders deep".formatted(file, DEEPEST));
                }
                // a link that leads nowhere is named when it is read
                (attributes.isOther() ? odd : files).add(relative(file));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException problem) {
                if (problem instanceof FileSystemLoopException) {
                    odd.add(relative(file));
                    return FileVisitResult.CONTINUE;
                }
                throw GetjException.reading(file, problem);
            }
        };
    }

    private String relative(Path path) {
        return root.relativize(path).toString().replace(File.separatorChar, '/');
    }

    @Override
    public String name() {
        return root.toString();
    }

    @Override
    public List<String> files() {
        return files;
    }

    @Override
    public List<String> folders() {
        return folders;
    }

    @Override
    public DataSummary remarks() {
        return new DataSummary(
                name(),
                0,
                0,
                List.of(),
                List.of(),
                odd.isEmpty()
                        ? List.of()
                        : List.of(
                                "%s that are no files, or links in a circle (%s)"
                                        .formatted(odd.size(), DataSummary.few(odd))));
    }

    @Override
    public String label(String file) {
        return root.resolve(file).toString();
    }

    @Override
    public byte[] read(String file, long limit) {
        Path path = root.resolve(file);
        RegularFile.require(path);
        try {
            if (Files.size(path) > limit) {
                throw new GetjException(
                        "%s is too large: more than %s MiB".formatted(path, limit >> 20));
            }
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw GetjException.reading(path, e);
        }
    }

    @Override
    public void close() {
        // no file stays open
    }
}
