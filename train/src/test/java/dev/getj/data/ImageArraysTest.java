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

import java.nio.file.Path;
import java.util.stream.IntStream;

/** Arrays as NumPy users save them: which are taken, and what their values and labels mean. */
class ImageArraysTest {
    private static final int[] FOUR = {4, 2, 2};

    @TempDir Path folder;

    private Path file() {
        return folder.resolve("data.npz");
    }

    /** Four grey images of bytes. */
    private static NpzBuilder images() {
        return new NpzBuilder().add("images", "u1", FOUR, 0, 255, 51, 102);
    }

    private String told(NpzBuilder arrays, String options) {
        arrays.write(file());
        try (ImageData data = ImageData.open("npz:" + file() + options)) {
            data.check(data.count(), Progress.NONE);
            String line = data.summary().line();
            assertTrue(line.startsWith(file() + ": "), line);
            return line.substring(file().toString().length() + 2);
        }
    }

    private String refusal(NpzBuilder arrays, String options) {
        String message =
                assertThrows(GetjException.class, () -> told(arrays, options)).getMessage();
        assertTrue(message.startsWith(file().toString()), message);
        return message.substring(file().toString().length());
    }

    private int[] labels(NpzBuilder arrays, String options) {
        arrays.write(file());
        try (ImageData data = ImageData.open("npz:" + file() + options)) {
            return IntStream.range(0, (int) data.count()).map(data::label).toArray();
        }
    }

    private float[] first(NpzBuilder arrays, String options) {
        arrays.write(file());
        try (ImageData data = ImageData.open("npz:" + file() + options)) {
            data.check(data.count(), Progress.NONE);
            float[] image = new float[data.elements()];
            data.read(0, image, 0);
            return image;
        }
    }

    // ---- which arrays --------------------------------------------------------------------------

    /** The order of Keras' mnist.npz. */
    private static NpzBuilder keras() {
        return new NpzBuilder()
                .add("x_test", "u1", new int[] {2, 2, 2}, 9)
                .add("x_train", "u1", new int[] {3, 2, 2}, 7, 200)
                .add("y_train", "u1", new int[] {3}, 0, 1, 2)
                .add("y_test", "u1", new int[] {2}, 1, 0);
    }

    @Test
    void thePartsOfKerasAreKnown() {
        assertEquals(
                "3 images of 3 classes; images from x_train (U8 [3, 2, 2]); labels from y_train;"
                        + " left out: 2 arrays (x_test, y_test)",
                told(keras(), ""));
        assertEquals(
                "2 images of 2 classes; images from x_test (U8 [2, 2, 2]); labels from y_test; left"
                        + " out: 2 arrays (x_train, y_train)",
                told(keras(), ",split=test"));
        assertArrayEquals(new int[] {1, 0}, labels(keras(), ",images=x_test"));
        assertEquals(
                ": split=val needs arrays such as x_val and y_val; it holds x_test, x_train,"
                        + " y_train, y_test",
                refusal(keras(), ",split=val"));
    }

    @Test
    void thePartsOfMedMnistAreKnown() {
        NpzBuilder arrays =
                new NpzBuilder()
                        .add("train_images", "u1", FOUR, 7, 200)
                        .add("val_images", "u1", new int[] {2, 2, 2}, 7, 200)
                        .add("train_labels", "u1", new int[] {4, 1}, 2, 0, 1, 1)
                        .add("val_labels", "u1", new int[] {2, 1}, 1, 0);
        assertArrayEquals(new int[] {2, 0, 1, 1}, labels(arrays, ""));
        assertArrayEquals(new int[] {1, 0}, labels(arrays, ",split=val"));
    }

    @Test
    void severalArraysThatMayBeImagesAreRefused() {
        NpzBuilder arrays =
                new NpzBuilder()
                        .add("day", "u1", FOUR, 7)
                        .add("mask", "u1", new int[] {4, 5}, 7)
                        .add("night", "u1", FOUR, 200);
        assertEquals(
                ": any of its arrays day, night may be the images; say images=day or images=night",
                refusal(arrays, ""));
        assertEquals(
                "4 images without classes; images from night (U8 [4, 2, 2]); left out: 2 arrays"
                        + " (day, mask)",
                told(arrays, ",images=night"));
    }

    // ---- values --------------------------------------------------------------------------------

    private static NpzBuilder values(String type, double... values) {
        return new NpzBuilder().add("images", type, FOUR, values);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    f4 | 0,255     | ": array 'images': its values go from 0 to 255, but -1 to 1 is expected; say which value is black and which is white, such as range=0:255"
                    f8 | 0,1       | ": array 'images': its values go from 0 to 1; say range=0:1 if 1 is white, or range=-1:1 if they are meant as they are"
                    f4 | -1,1.5    | ": array 'images': its values go from -1 to 1.5, but -1 to 1 is expected; say which value is black and which is white, such as range=-1:1.5"
                    u2 | 0,65535   | ": array 'images': its values go from 0 to 65535, but 0 to 255 is expected; say which value is black and which is white, such as range=0:65535"
                    u1 | 0,1       | ": array 'images': its values go from 0 to 1; say range=0:1 if 1 is white, or range=0:255 if they are as dark as that"
                    i8 | -1,3      | ": array 'images': its values go from -1 to 3, but 0 to 255 is expected; say which value is black and which is white, such as range=-1:3"
                    """,
            quoteCharacter = '"')
    void valuesOfAnotherRangeAreRefusedWithWhatToDo(String type, String pair, String message) {
        String[] ends = pair.split(",");
        double low = Double.parseDouble(ends[0]);
        double high = Double.parseDouble(ends[1]);
        assertEquals(message, refusal(values(type, low, high), ""));
    }

    @ParameterizedTest
    @CsvSource({
        "f4, 0, 255, 0:255",
        "f8, 0, 1, 0:1",
        "u1, 0, 1, 0:1",
        "u2, 0, 65535, 0:65535",
        "f4, -1, 1, -1:1",
        "i8, -128, 127, -128:127"
    })
    void theRangeThatIsNamedBecomesBlackAndWhite(
            String type, double low, double high, String range) {
        float[] image = first(values(type, low, high), ",range=" + range);
        assertArrayEquals(new float[] {-1, 1, -1, 1}, image, 1e-6f);
    }

    @Test
    void levelsOfAnyIntegersAndBooleansAreRead() {
        assertArrayEquals(first(values("u1", 0, 51, 255), ""), first(values("i8", 0, 51, 255), ""));
        assertArrayEquals(
                first(values("u1", 0, 51, 255), ""),
                first(values("f4", 0, 51, 255), ",range=0:255"));
        assertArrayEquals(new float[] {-1, 1, 1, -1}, first(values("b1", 0, 1, 1, 0), ""));
    }

    @Test
    void aRangeThatDoesNotFitIsRefused() {
        assertEquals(
                ": array 'images': its values go from 0 to 255, but 0 to 1 is expected; say which"
                        + " value is black and which is white, such as range=0:255",
                refusal(values("f4", 0, 255), ",range=0:1"));
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> told(values("f4", 0), ",range=1:0"))
                        .getMessage();
        assertEquals(
                "range=1:0: two numbers are needed, of black and of white, such as 0:255", message);
    }

    @Test
    void notANumberIsRefused() {
        assertEquals(
                "4 of 4 images cannot be read: X: array 'images': image 0 holds NaN; X: array"
                    + " 'images': image 1 holds NaN; X: array 'images': image 2 holds NaN; and 1"
                    + " more",
                assertThrows(GetjException.class, () -> told(values("f4", 0, Double.NaN), ""))
                        .getMessage()
                        .replace(file().toString(), "X"));
    }

    // ---- labels --------------------------------------------------------------------------------

    @Test
    void labelsFromOneAreMappedAndTold() {
        NpzBuilder arrays = images().add("labels", "i8", new int[] {4}, 1, 2, 3, 2);
        assertEquals(
                "4 images of 3 classes; images from images (U8 [4, 2, 2]); labels from labels;"
                        + " labels 1 to 3 taken as classes 0 to 2 (first=0 keeps them)",
                told(arrays, ""));
        assertArrayEquals(new int[] {0, 1, 2, 1}, labels(arrays, ""));
        assertArrayEquals(new int[] {1, 2, 3, 2}, labels(arrays, ",first=0"));
        assertTrue(told(arrays, ",first=0").contains("4 classes;"));
        assertTrue(told(arrays, ",first=0").endsWith("1 of the classes without images (0)"));
    }

    @Test
    void numbersThatAreMissingKeepTheirPlaceAndAreTold() {
        NpzBuilder arrays = images().add("labels", "i4", new int[] {4}, 0, 5, 7, 5);
        assertArrayEquals(new int[] {0, 5, 7, 5}, labels(arrays, ""));
        assertEquals(
                "4 images of 8 classes; images from images (U8 [4, 2, 2]); labels from labels; 5 of"
                        + " the classes without images (1, 2, 3, …)",
                told(arrays, ""));
    }

    @ParameterizedTest
    @CsvSource({"u1", "i8", "f4", "f8", "b1"})
    void oneHotLabelsAreRead(String type) {
        NpzBuilder arrays =
                images().add("labels", type, new int[] {4, 3}, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1);
        assertArrayEquals(new int[] {2, 0, 1, 2}, labels(arrays, ""));
        assertTrue(told(arrays, "").endsWith("; one-hot labels"));
    }

    @Test
    void wholeFloatsAreLabels() {
        NpzBuilder arrays = images().add("labels", "f8", new int[] {4}, 0, 1, 2, 1);
        assertArrayEquals(new int[] {0, 1, 2, 1}, labels(arrays, ""));
    }

    @Test
    void labelsThatCannotBeClassesAreRefused() {
        String ways = "; labels=NAME takes another array, labels=none none";
        assertEquals(
                ": array 'labels' is I64 [3]; a whole number or a one-hot row for each of the 4"
                        + " images is expected"
                        + ways,
                refusal(images().add("labels", "i8", new int[] {3}, 0), ""));
        assertEquals(
                ": array 'labels' holds 0.5, which is no class" + ways,
                refusal(images().add("labels", "f4", new int[] {4}, 0, 0.5), ""));
        assertEquals(
                ": array 'labels': 2 of the labels are negative (-1 stands for unlabelled, as a"
                        + " rule); take images without them, or say labels=none to leave all labels"
                        + " out, or first=-1 to count classes from there",
                refusal(images().add("labels", "i8", new int[] {4}, 0, -1), ""));
        assertEquals(
                ": array 'labels': row 1 is not one-hot, so an image would have several classes or"
                        + " none; labels=none takes no labels",
                refusal(images().add("labels", "u1", new int[] {4, 2}, 1, 0, 1, 1), ""));
        assertEquals(
                ": array 'labels': label 40000 of image 1 is outside 0 to 32767",
                refusal(images().add("labels", "i8", new int[] {4}, 0, 40000), ""));
        assertEquals(
                "4 images without classes; images from images (U8 [4, 2, 2]); left out: 1 array"
                        + " (labels)",
                told(images().add("labels", "i8", new int[] {3}, 0), ",labels=none"));
    }
}
