package dev.getj.data;

import static dev.getj.data.DataImages.image;
import static dev.getj.data.DataImages.level;
import static dev.getj.data.DataImages.refusal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.io.GetjException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Specs, folders and arrays of image data, from files made here or by the Python world. */
class ImageDataTest {
    private static final Path PICTURES = Path.of("../pictures/src/test/resources/pictures");
    private static final Path NUMPY = Path.of("src/test/resources/data");

    @TempDir Path folder;

    // ---- specs ---------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    digits:x            | 'digits:x' names no data: use builtin:strokes, builtin:fashion, cifar10:DIR, cifar100:DIR, mnist:DIR, folder:DIR, folder:FILE.zip or npz:FILE, with options such as folder:DIR,size=32,fit=crop (docs/data.md)
                    folder:             | 'folder:' names an empty path; is a variable of the shell not set? 'folder:.' is this folder
                    npz:,range=0:255    | 'npz:,range=0:255' names an empty path; is a variable of the shell not set? 'npz:.' is this folder
                    strokes             | 'strokes' names no data: use builtin:strokes, builtin:fashion, cifar10:DIR, cifar100:DIR, mnist:DIR, folder:DIR, folder:FILE.zip or npz:FILE, with options such as folder:DIR,size=32,fit=crop (docs/data.md)
                    builtin:circles     | 'builtin:circles': the built-in data are called builtin:strokes and builtin:fashion
                    builtin:fashion,seed=1 | 'builtin:fashion,seed=1': builtin:fashion takes the options pad, split, not 'seed'; a comma that belongs to the path is written twice: builtin:fashion,,seed=1
                    cifar10:x,size=3    | 'cifar10:x,size=3': cifar10 takes the options split, not 'size'; a comma that belongs to the path is written twice: cifar10:x,,size=3
                    folder:x,size=0     | size=0: a whole number from 1 to 4096 is needed
                    folder:x,fit=best   | fit=best: it can be crop or stretch
                    cifar10:x,split=me  | split=me: it can be train or test or all
                    folder:x,size=8,size=9 | 'folder:x,size=8,size=9' gives size twice; a comma that belongs to the path is written twice: folder:x,,size=8,size=9
                    """)
    void wrongSpecsAreExplained(String spec, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> ImageData.open(spec))
                        .getMessage());
    }

    @Test
    void aPathMayHoldCommasAndColons() {
        DataSpec spec = DataSpec.parse("folder:C:/my,pictures,2024,size=16,fit=stretch");
        assertEquals("C:/my,pictures,2024", spec.path());
        assertEquals("16", spec.options().get("size"));
    }

    /** The folders that Hydra makes have names such as {@code lr=0.1,batch=32}. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    folder:lr=0.1,,batch=32/images         | lr=0.1,batch=32/images |
                    folder:lr=0.1,,batch=32/images,size=16 | lr=0.1,batch=32/images | 16
                    folder:a,,,size=16                     | a,                     | 16
                    folder:a,,size=16                      | a,size=16              |
                    folder:a=b,c                           | a=b,c                  |
                    """)
    void aCommaThatBelongsToThePathIsWrittenTwice(String text, String path, String size) {
        DataSpec spec = DataSpec.parse(text);
        assertEquals(path, spec.path());
        assertEquals(size, spec.options().get("size"));
        assertEquals(spec, DataSpec.parse(spec.text()));
        assertEquals(
                Path.of(path).toAbsolutePath().toString(),
                DataSpec.parse(spec.absolute().text()).path());
    }

    @Test
    void theEscapeIsToldWithThePathAsItMustBeWritten() {
        assertEquals(
                "'folder:lr=0.1,batch=32/images': folder takes the options channels, first, fit,"
                        + " labels, part, size, not 'batch'; a comma that belongs to the path is"
                        + " written twice: folder:lr=0.1,,batch=32/images",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> DataSpec.parse("folder:lr=0.1,batch=32/images"))
                        .getMessage());
    }

    @Test
    void strokesAreThoseOfTheSeed() {
        try (ImageData data = ImageData.open("builtin:strokes,count=20,seed=3")) {
            assertEquals(20, data.count());
            assertEquals(10, data.classes());
            assertEquals(7, data.label(17));
            assertArrayEquals(Strokes.images(3, 5, 1), image(data, 5));
            assertThrows(IndexOutOfBoundsException.class, () -> image(data, 20));
        }
    }

    // ---- folders -------------------------------------------------------------------------------

    private void copy(String picture, String to) throws IOException {
        Path target = folder.resolve(to);
        Files.createDirectories(target.getParent());
        Files.copy(PICTURES.resolve(picture), target);
    }

    @Test
    void subFoldersAreClasses() throws IOException {
        copy("grey.png", "b/1.PNG");
        copy("colour.png", "a/2.png");
        copy("colour.jpg", "a/1.jpeg");
        Files.writeString(folder.resolve("a/notes.txt"), "not a picture");
        Files.createDirectories(folder.resolve("empty"));
        try (ImageData data = ImageData.open("folder:" + folder)) {
            assertEquals(3, data.count());
            // the empty folder is a class, too
            assertEquals(3, data.classes());
            assertEquals(0, data.label(1));
            assertEquals(1, data.label(2));
            assertEquals(30, data.size());
            float[] colour = image(data, 1);
            // the middle square begins at column 5, where red is 30
            assertEquals(level(30), colour[0]);
            float[] grey = image(data, 2);
            assertEquals(grey[77], grey[900 + 77]);
        }
        try (ImageData data = ImageData.open("folder:" + folder + ",size=8,channels=1")) {
            assertEquals(8, data.size());
            assertEquals(64, image(data, 0).length);
        }
        try (ImageData data = ImageData.open("folder:" + folder + ",size=10,fit=stretch")) {
            // red grows by 6 a column: the whole width is there
            assertEquals(level(6 * 38), image(data, 1)[9], 0.05f);
        }
    }

    @Test
    void aFolderThatIsNoDataSetIsExplained() throws IOException {
        assertEquals(
                folder + " holds no .png, .jpg, .jpeg, .bmp or .gif files, nor do folders in it",
                refusal("folder:" + folder));
        copy("colour.png", "a/1.png");
        copy("colour.png", "2.png");
        assertEquals(
                folder
                        + ": 2.png lies beside folders of pictures (a); say labels=none to take all"
                        + " 2 pictures without classes, or labels=folders to leave out what lies"
                        + " beside the folders",
                refusal("folder:" + folder));
    }

    // ---- NumPy ---------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"bytes_last.npz", "bytes_first.npz", "floats.npz"})
    void imagesOfAnArrayAreRead(String name) {
        try (ImageData data = ImageData.open("npz:" + NUMPY.resolve(name))) {
            assertEquals(5, data.count());
            assertEquals(3, data.channels());
            assertEquals(4, data.size());
            assertEquals(name.equals("floats.npz") ? 0 : 7, data.classes());
            for (int i = 0; i < 5; i++) {
                assertEquals(name.equals("floats.npz") ? 0 : 6 - i, data.label(i));
                float[] image = image(data, i);
                for (int p = 0; p < 48; p++) {
                    assertEquals(level(i * 48 + p), image[p], 1e-6f);
                }
            }
        }
    }

    @Test
    void arraysAreChosenByName() {
        Path file = NUMPY.resolve("named.npz");
        try (ImageData data = ImageData.open("npz:" + file + ",images=mine,labels=kinds")) {
            assertEquals(1, data.channels());
            assertEquals(3, data.classes());
            assertEquals(2, data.label(1));
        }
        assertEquals(
                file
                        + ": array 'kinds' is I64 [2]; bytes or floats of shape [n, S, S, C] or [n,"
                        + " C, S, S], C = 1 or 3, are expected",
                refusal("npz:" + file + ",images=kinds"));
    }

    @Test
    void statisticsAreReadInEveryFormAndRefusedIfUnsound() {
        FeatureStatistics stored =
                FeatureStatistics.read(Path.of("../formats/src/test/resources/numpy/stats.npz"));
        assertEquals(16, stored.features());
        for (String name : new String[] {"stats_fortran.npz", "stats_packed.npz"}) {
            FeatureStatistics other = FeatureStatistics.read(NUMPY.resolve(name));
            assertArrayEquals(stored.mean(), other.mean());
            assertArrayEquals(stored.covariance(), other.covariance());
        }
        FeatureStatistics single = FeatureStatistics.read(NUMPY.resolve("stats_single.npz"));
        assertArrayEquals(stored.mean(), single.mean(), 1e-6);
        Path lopsided = NUMPY.resolve("stats_lopsided.npz");
        String message =
                assertThrows(GetjException.class, () -> FeatureStatistics.read(lopsided))
                        .getMessage();
        assertEquals(
                lopsided + ": sigma is no covariance: [1, 0] is 1.0, but [0, 1] is 2.0", message);
    }
}
