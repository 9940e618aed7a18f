package dev.getj.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import javax.imageio.ImageIO;

/** Folders and archives of pictures as people have them: what is taken, told and refused. */
class PictureFolderTest {
    private static final int SIDE = 4;

    @TempDir Path temporary;

    // ---- what lies there -----------------------------------------------------------------------

    /** A grey picture whose level tells it apart. */
    private static byte[] picture(int level, String format) {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < SIDE * SIDE; p++) {
            image.setRGB(p % SIDE, p / SIDE, level << 16 | level << 8 | level);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            assertTrue(ImageIO.write(image, format, out));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    private Path folder() {
        return temporary.resolve("data");
    }

    private void put(String name, byte[] content) {
        Path file = folder().resolve(name);
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** PNG files of the levels 10, 20, …; what ends in a slash becomes an empty folder. */
    private void put(String... names) {
        int level = 0;
        for (String name : names) {
            if (name.endsWith("/")) {
                folder().resolve(name).toFile().mkdirs();
            } else {
                level += 10;
                put(name, picture(level, "png"));
            }
        }
    }

    /** The folder as an archive, its names behind {@code prefix}. */
    private Path zipped(String prefix) throws IOException {
        Path zip = temporary.resolve("data.zip");
        try (OutputStream out = Files.newOutputStream(zip);
                ZipOutputStream to = new ZipOutputStream(out);
                Stream<Path> files = Files.walk(folder())) {
            for (Path file : files.sorted().toList()) {
                String name = prefix + folder().relativize(file);
                if (Files.isDirectory(file)) {
                    if (!name.isEmpty()) {
                        to.putNextEntry(new ZipEntry(name.endsWith("/") ? name : name + "/"));
                    }
                } else {
                    to.putNextEntry(new ZipEntry(name));
                    to.write(Files.readAllBytes(file));
                }
            }
        }
        return zip;
    }

    /** What is told after all was checked, behind the name of the source. */
    private static String told(String spec) {
        try (ImageData data = ImageData.open(spec)) {
            data.check(data.count(), Progress.NONE);
            String line = data.summary().line();
            return line.substring(line.indexOf(": ") + 2)
                    .replace("; all are grey (channels=1 keeps one channel)", "");
        }
    }

    private String told() {
        return told("folder:" + folder());
    }

    private static String refusal(String spec) {
        return assertThrows(GetjException.class, () -> told(spec)).getMessage();
    }

    private String refusal() {
        return refusal("folder:" + folder());
    }

    /** Levels of all images, divided by ten, and their classes. */
    private static void expect(String spec, int[] levels, int[] labels) {
        try (ImageData data = ImageData.open(spec)) {
            assertEquals(levels.length, data.count());
            float[] image = new float[data.elements()];
            int[] found = new int[levels.length];
            int[] classes = new int[levels.length];
            for (int i = 0; i < levels.length; i++) {
                data.read(i, image, 0);
                found[i] = Math.round((image[0] + 1) * 12.75f);
                classes[i] = data.label(i);
            }
            assertArrayEquals(levels, found);
            assertArrayEquals(labels, classes);
        }
    }

    // ---- dataset.json --------------------------------------------------------------------------

    private void edm(String json) {
        put("00000/img00000000.png", "00000/img00000001.png", "00001/img00000002.png");
        put("dataset.json", json.getBytes());
    }

    private static final String EDM =
            """
            {"name": {"deep": [1, {"labels": 2}]},
             "labels": [["00000/img00000000.png", 6], ["00001\\\\img00000002.png", 0],
                        ["00000/img00000001.png", 9]]}\
            """;

    @ParameterizedTest
    @ValueSource(strings = {"folder", "", "cifar/"})
    void shardsHaveTheLabelsOfDatasetJson(String where) throws IOException {
        edm(EDM);
        String spec = "folder:" + (where.equals("folder") ? folder() : zipped(where));
        expect(spec, new int[] {1, 2, 3}, new int[] {6, 9, 0});
        assertEquals(
                "3 images of 10 classes; "
                        + (where.equals("cifar/") ? "inside its folder cifar/; " : "")
                        + "classes from dataset.json; 7 of the classes without images (1, 2, 3, …)",
                told(spec));
        assertEquals("3 images without classes", told(spec + ",labels=none").split(";")[0]);
        assertEquals(
                "3 images of 2 classes (00000, 00001)",
                told(spec + ",labels=folders").split(";")[0]);
    }

    @Test
    void labelsOfDatasetJsonMayBeNullOrOneHot() {
        edm("{\"labels\": null}");
        assertEquals("3 images without classes; dataset.json gives no labels", told());
        edm(EDM.replace("6]", "[0, 1.0, 0]]").replace("9]", "[0, 0, 1]]"));
        expect("folder:" + folder(), new int[] {1, 2, 3}, new int[] {1, 2, 0});
    }

    @Test
    void labelsOfDatasetJsonThatDoNotFitAreRefusedOrTold() {
        edm(EDM.replace("0000.png", "0004.png"));
        assertEquals(
                folder()
                        + ": dataset.json gives no label of 00000/img00000000.png; say labels=none"
                        + " to take all pictures without classes, or labels=folders to take folders"
                        + " as classes",
                refusal());
        edm(EDM.replace("]]}", "], [\"../../etc/passwd\", 3]]}"));
        assertTrue(
                told().endsWith(
                                "left out: 1 label of files that are not there"
                                        + " (../../etc/passwd)"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    [1]                              | is not what data tools write: an object with labels is expected
                    {"labels": 3}                    | is not what data tools write: a list of labels, or null is expected
                    {"labels": [["a.png", [0.5]]]}   | is not what data tools write: a class or a one-hot vector as the label of a.png is expected
                    {"labels": [["a.png", "cat"]]}   | is not what data tools write: a whole number as the label of a.png is expected
                    {"labels": [["a", 1], ["a", 2]]} | gives a two labels, 1 and 2
                    {"labels": [["a.png", 1          | is damaged: Unexpected end-of-input
                    """)
    void damagedDatasetJsonIsNamed(String json, String reason) {
        edm(json);
        String message = refusal();
        assertTrue(message.startsWith(folder().resolve("dataset.json") + " " + reason), message);
    }

    // ---- hidden files, other formats, levels ---------------------------------------------------

    @Test
    void hiddenFilesAndFoldersAreSkippedAndCounted() throws IOException {
        put("cat/1.png", "dog/2.png", ".ipynb_checkpoints/1-checkpoint.png", "__MACOSX/cat/x.png");
        put("cat/._1.png", new byte[] {0, 5, 22, 7});
        put("dog/Thumbs.db", new byte[3]);
        put("dog/.cache/deep/x.png", new byte[3]);
        String expected = "2 images of 2 classes (cat, dog); left out: 5 hidden (";
        assertEquals(expected, told().substring(0, expected.length()));
        expect("folder:" + folder(), new int[] {1, 2}, new int[] {0, 1});
        String zip = "folder:" + zipped("");
        assertEquals(expected, told(zip).substring(0, expected.length()));
        expect(zip, new int[] {1, 2}, new int[] {0, 1});
    }

    @Test
    void aHiddenFolderMayBeAskedFor() {
        put(".cache/images/1.png");
        assertEquals(
                "1 image without classes", told("folder:" + folder().resolve(".cache/images")));
    }

    @Test
    void bmpAndGifAreReadOthersCounted() {
        put("a.png", picture(10, "png"));
        put("b.BMP", picture(20, "bmp"));
        put("c.gif", picture(30, "gif"));
        put("d.webp", new byte[3]);
        put("e.webp", new byte[3]);
        put("f.tif", new byte[3]);
        put("notes.txt", new byte[3]);
        put("list.csv", new byte[3]);
        assertEquals(
                "3 images without classes; left out: 1 TIFF (not read), 2 WebP (not read), 2 files"
                        + " that are no pictures (list.csv, notes.txt)",
                told().replace("notes.txt, list.csv", "list.csv, notes.txt"));
        expect("folder:" + folder(), new int[] {1, 2, 3}, new int[] {0, 0, 0});
    }

    @Test
    void aFolderOfOtherFormatsSaysWhichTheyAre() {
        put("d.webp", new byte[3]);
        assertEquals(
                folder()
                        + " holds no .png, .jpg, .jpeg, .bmp or .gif files, nor do folders in it;"
                        + " it holds 1 WebP (not read)",
                refusal());
    }

    @Test
    void deeperPicturesBelongToTheFolderAtTheTop() {
        put("a/1.png", "b/x/2.png", "b/x/y/3.png", "b/4.png");
        expect("folder:" + folder(), new int[] {1, 4, 2, 3}, new int[] {0, 1, 1, 1});
        assertEquals(
                "4 images of 2 classes (a, b); 2 in deeper folders (b/x/2.png, b/x/y/3.png) belong"
                        + " to the class of the folder at the top",
                told());
    }

    @Test
    void anEmptyClassKeepsItsNumber() throws IOException {
        put("ant/1.png", "bee/", "cat/2.png");
        expect("folder:" + folder(), new int[] {1, 2}, new int[] {0, 2});
        String expected =
                "2 images of 3 classes (ant, bee, cat); 1 of the classes without pictures (bee)";
        assertEquals(expected, told());
        assertEquals(expected, told("folder:" + zipped("")));
    }

    @Test
    void foldersWithoutPicturesAreNoClassesWherePicturesLieBeside() {
        put("1.png", "annotations/");
        assertEquals(
                "1 image without classes; left out: 1 folder without pictures (annotations)",
                told());
    }

    // ---- what can be meant in two ways ---------------------------------------------------------

    @Test
    void picturesBesideFoldersOfPicturesAreRefused() {
        put("1.png", "2.png", "a/3.png");
        assertEquals(
                folder()
                        + ": 2 pictures (1.png, 2.png) lie beside folders of pictures (a); say"
                        + " labels=none to take all 3 pictures without classes, or labels=folders"
                        + " to leave out what lies beside the folders",
                refusal().replace("2.png, 1.png", "1.png, 2.png"));
        expect("folder:" + folder() + ",labels=none", new int[] {1, 2, 3}, new int[3]);
        expect("folder:" + folder() + ",labels=folders", new int[] {3}, new int[1]);
        assertTrue(
                told("folder:" + folder() + ",labels=folders").contains("left out: 2 pictures ("));
    }

    @Test
    void partsOfADataSetAreNotTakenForClasses() throws IOException {
        put("train/cat/1.png", "train/dog/2.png", "val/cat/3.png", "val/dog/4.png");
        String ways =
                ": its folders (train, val) look like parts of a data set, not like classes; say"
                        + " part=train to take what is inside that one, or labels=folders to take"
                        + " them as classes";
        assertEquals(folder() + ways, refusal());
        Path zip = zipped("");
        assertEquals(zip + ways, refusal("folder:" + zip));
        for (Path source : List.of(folder(), zip)) {
            expect("folder:" + source + ",part=val", new int[] {3, 4}, new int[] {0, 1});
            expect(
                    "folder:" + source + ",labels=folders",
                    new int[] {1, 2, 3, 4},
                    new int[] {0, 0, 1, 1});
            assertEquals(
                    source + " holds no folder test; part names a folder inside",
                    refusal("folder:" + source + ",part=test"));
        }
    }

    @Test
    void oneFolderAroundTheClassesIsRefused() {
        put("pets/cat/1.png", "pets/dog/2.png");
        assertEquals(
                folder()
                        + ": all its pictures lie in folders inside the one folder pets; say"
                        + " part=pets to take those folders as classes, or labels=folders to take"
                        + " pets as the only class",
                refusal());
        expect("folder:" + folder() + ",part=pets", new int[] {1, 2}, new int[] {0, 1});
    }

    // ---- bad files -----------------------------------------------------------------------------

    @Test
    void badPicturesAreNamedTogetherBeforeWorkBegins() {
        put("1.png", "2.png", "3.png");
        put("2.png", new byte[0]);
        assertEquals(
                folder().resolve("2.png") + " is empty; PNG, JPEG, BMP and GIF pictures are read",
                refusal());
        for (int i = 4; i < 9; i++) {
            put(i + ".jpg", "RIFF    WEBP".getBytes());
        }
        String message = refusal();
        assertTrue(
                message.startsWith(
                        "6 of 8 images cannot be read: " + folder().resolve("2.png") + " is empty"),
                message);
        assertTrue(message.contains("5.jpg is a WebP picture, which is not read"), message);
        assertTrue(message.endsWith("; and 3 more"), message);
    }

    @Test
    void aLinkInACircleEndsAndOneThatLeadsNowhereIsNamed() throws IOException {
        put("a/1.png", "b/2.png");
        Files.createSymbolicLink(folder().resolve("a/again"), folder());
        assertEquals(
                "2 images of 2 classes (a, b); left out: 1 that are no files, or links in a circle"
                        + " (a/again)",
                told());
        Path gone = folder().resolve("b/3.png");
        Files.createSymbolicLink(gone, temporary.resolve("nothing"));
        assertEquals("cannot read " + gone + ": no such file or folder", refusal());
    }

    @Test
    void aLinkToAFolderIsAClass() throws IOException {
        put("a/1.png");
        put("../elsewhere/2.png", picture(20, "png"));
        Files.createSymbolicLink(folder().resolve("b"), temporary.resolve("elsewhere"));
        expect("folder:" + folder(), new int[] {1, 2}, new int[] {0, 1});
    }

    @Test
    void theBytesOfAFileDecideNotItsName() {
        put("1.jpg", picture(10, "png"));
        put("2.PNG", picture(20, "bmp"));
        expect("folder:" + folder(), new int[] {1, 2}, new int[] {0, 0});
    }

    @Test
    void otherSizesAndGreyPicturesAreTold() throws IOException {
        put("1.png");
        BufferedImage wide = new BufferedImage(9, 5, BufferedImage.TYPE_INT_RGB);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(wide, "png", out);
        put("2.png", out.toByteArray());
        try (ImageData data = ImageData.open("folder:" + folder())) {
            data.check(2, Progress.NONE);
            assertEquals(
                    folder()
                            + ": 2 images without classes; 1 of another size cut and scaled to 4×4;"
                            + " all are grey (channels=1 keeps one channel)",
                    data.summary().line());
        }
    }

    @Test
    void controlCharactersOfNamesAreNotPrinted() {
        put("cat\u001b[31m/1.png", "dog/2.png");
        assertTrue(told().contains("(cat?[31m, dog)"), told());
    }

    @Test
    void anArchiveOfAnotherKindIsNamed() throws IOException {
        Path tar = temporary.resolve("data.tar");
        Files.write(tar, new byte[1024]);
        assertEquals(
                tar
                        + " is neither a folder nor a zip archive; unpack other archives, or make a"
                        + " zip of them",
                refusal("folder:" + tar));
    }

    @Test
    void anEntryThatUnpacksToTooMuchIsRefusedByName() throws IOException {
        put("a.png", new byte[0]);
        Path zip = temporary.resolve("bomb.zip");
        try (ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(zip))) {
            to.putNextEntry(new ZipEntry("a.png"));
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 257; i++) {
                to.write(zeros);
            }
        }
        assertEquals(
                zip + "/a.png is too large: more than 256 MiB",
                refusal("folder:" + zip + ",size=4"));
    }

    /** Decoded once, then the same pixels from memory, whole levels or not. */
    @ParameterizedTest
    @ValueSource(ints = {4, 3})
    void theSecondReadingIsThatOfTheFirst(int size) {
        put("1.png", "2.png");
        try (ImageData data = ImageData.open("folder:" + folder() + ",size=" + size)) {
            float[] first = new float[data.elements()];
            float[] second = new float[data.elements()];
            data.read(1, first, 0);
            put("2.png", new byte[0]);
            data.read(1, second, 0);
            assertArrayEquals(first, second);
            assertTrue(Arrays.stream(new float[][] {first}).allMatch(f -> f[0] < 0));
        }
    }

    @Test
    void imagesBeyondTheRoomAreReadAnew() {
        PixelCache cache = new PixelCache(3, 10);
        cache.keep(0, new float[] {1, 2, 3, 4});
        cache.keep(1, new float[] {0.5f, 2, 3, 4});
        cache.keep(2, new float[] {255, 0, 3, 4});
        float[] target = new float[4];
        assertTrue(cache.read(0, target, 0));
        assertEquals(false, cache.read(1, target, 0));
        assertTrue(cache.read(2, target, 0));
        assertEquals(1f, target[0]);
    }
}
