package dev.getj.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.getj.io.FileKind;
import dev.getj.io.GetjException;
import dev.getj.io.NumpyFile;
import dev.getj.io.SafetensorsFile;
import dev.getj.io.torch.PickleFile;
import dev.getj.io.torch.TorchFile;
import dev.getj.picture.Picture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Named pipes in the place of files: opening one would wait for a writer that never comes. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PipesTest {
    @TempDir Path folder;

    private Path pipe(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        try {
            assumeTrue(
                    new ProcessBuilder("mkfifo", file.toString()).inheritIO().start().waitFor()
                            == 0);
        } catch (IOException _) {
            assumeTrue(false, "no mkfifo here");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return file;
    }

    private static void assertRefused(Path pipe, Executable reading) {
        assertEquals(
                "cannot read " + pipe + ": it is a pipe or a device, not a regular file",
                assertThrows(GetjException.class, reading).getMessage());
    }

    @Test
    void everyReaderOfFilesRefusesAPipe() throws IOException {
        Path pipe = pipe("file");
        for (Executable reading :
                List.<Executable>of(
                        () -> FileKind.of(pipe),
                        () -> SafetensorsFile.open(pipe),
                        () -> TorchFile.open(pipe),
                        () -> NumpyFile.open(pipe),
                        () -> PickleFile.read(pipe),
                        () -> Picture.read(pipe, 3),
                        () -> IdxFile.read(pipe, 3),
                        () -> TarArchive.read(pipe, _ -> true, 100),
                        () -> PictureFiles.open(pipe, null))) {
            assertRefused(pipe, reading);
        }
    }

    @Test
    void everyKindOfDataRefusesAPipe() throws IOException {
        Path pipe = pipe("pipe");
        Path archive = pipe("cifar-10-python.tar.gz");
        Path images = pipe("mnist/train-images-idx3-ubyte");
        Files.createFile(folder.resolve("mnist/train-labels-idx1-ubyte"));
        Path batch = pipe("cifar/data_batch_1.bin");
        for (String data : List.of("cifar10:", "folder:", "npz:")) {
            assertRefused(pipe, () -> ImageData.open(data + pipe));
        }
        assertRefused(archive, () -> ImageData.open("cifar10:" + archive));
        assertRefused(images, () -> ImageData.open("mnist:" + images.getParent()));
        assertRefused(batch, () -> ImageData.open("cifar10:" + batch.getParent()));
    }

    @Test
    void aPipeThatTakesThePlaceOfAListedPictureIsRefused() throws IOException {
        Path picture = Files.createFile(folder.resolve("picture.png"));
        try (PictureFiles files = PictureFiles.open(folder, null)) {
            Files.delete(picture);
            assertRefused(pipe("picture.png"), () -> files.read("picture.png", 100));
        }
    }
}
