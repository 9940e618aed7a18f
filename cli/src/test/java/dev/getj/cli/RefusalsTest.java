package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.SafetensorsFile;
import dev.getj.io.SafetensorsWriter;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Wrong usage and bad files: one clear line, the right exit code, and nothing on standard output.
 */
class RefusalsTest {
    @TempDir static Path folder;

    private static Path pairs;
    private static Path run;
    private static Path weights;

    @BeforeAll
    static void makePairsAndTrain() {
        pairs = folder.resolve("pairs");
        run = folder.resolve("run");
        weights = run.resolve("latest.safetensors");
        CommandsTest.ok(
                "pairs generate --quiet --count 6 --classes 3 --images 3 --steps 2 --out " + pairs);
        CommandsTest.ok(
                "train --quiet --start noise --steps 1 --batch 2 --iterations 1 --pairs "
                        + pairs
                        + " --out "
                        + run
                        + CommandsTest.TINY);
    }

    private static String path(String name) {
        return folder.resolve(name).toString();
    }

    /** Runs a line in which %names stand for files, and expects one line and a code. */
    private static void expect(int code, String line, String message) {
        Run refused = Run.getj(fill(line).split(" "));
        String wanted = "getj: " + fill(message);
        String first = refused.err().lines().findFirst().orElse("");
        assertTrue(first.startsWith(wanted), "expected " + wanted + "\nbut was  " + refused.err());
        // wrong options are followed by the way to the help
        long lines = refused.err().lines().filter(text -> !text.startsWith("try: getj")).count();
        assertEquals(1, lines, refused.err());
        assertEquals(code, refused.code(), refused.err());
        assertEquals("", refused.out());
    }

    /** An array holds no more values. */
    @Test
    void moreImagesThanAnArrayHoldsAreRefusedBeforeAnyIsMade() {
        expect(
                1,
                "sample --quiet --run %run --count 100000000 --out %new",
                "--count 100000000: at most ");
    }

    private static String fill(String text) {
        return text.replace("%pairs", pairs.toString())
                .replace("%run", run.toString())
                .replace("%weights", weights.toString())
                .replace("%new", path("new"))
                .replace("%other", path("other"))
                .replace("%bad", path("bad.safetensors"))
                .replace("%missing", path("missing"))
                .replace("%tiny", CommandsTest.TINY.strip());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    sample --quiet --weights %missing --out %new          | cannot read %missing: no such file or folder
                    sample --quiet --run %missing --out %new              | cannot read %missing: no such file or folder
                    demo --quiet --data mnist:%missing --out %new         | cannot read %missing: no such file or folder
                    sample --quiet --weights builtin:faces --out %new     | no weights are shipped as builtin:faces; there are: builtin:strokes, builtin:fashion
                    convert --quiet --half %weights %new.pt                 | halves are written as safetensors, and %new.pt is none by its name
                    sample --quiet --run %run --input %missing --out %new  | cannot read %missing: no such file or folder
                    sample --quiet --run %run --out %run                  | cannot write %run: it is a folder
                    sample --quiet --run %run --out %weights/x            | cannot write %weights/x: %weights is a file, not a folder
                    sample --quiet --run %run --grid %run                 | cannot write %run: it is a folder
                    sample --quiet --device ptx --run %run --out %new     | --device ptx:0: Java was started without TornadoVM
                    sample --quiet --precision tf32 --run %run --out %new | --precision tf32 needs cuBLASLt, with --device cuda; jvm computes in float32
                    sample --quiet --precision mixed --run %run --out %new | --precision mixed needs tensor cores, of NVIDIA's Ampere or later with --device cuda; jvm computes in float32
                    train --quiet --pairs %pairs --out %new --precision mixed | --precision mixed needs tensor cores, of NVIDIA's Ampere or later with --device cuda; jvm computes in float32
                    bench train --quiet --precision mixed | --precision mixed needs tensor cores, of NVIDIA's Ampere or later with --device cuda; jvm computes in float32
                    profile train --quiet --precision mixed | --precision mixed needs tensor cores, of NVIDIA's Ampere or later with --device cuda; jvm computes in float32
                    solve --quiet --run %run --chart %new --precision mixed | --precision mixed needs tensor cores, of NVIDIA's Ampere or later with --device cuda; jvm computes in float32
                    study --quiet --out %new --precision mixed | vit-equal: --precision mixed trains heads whose depth is a multiple of 4 up to 64, those of this network are 25 deep: use --precision float32
                    verify --quiet %missing                              | cannot read %missing: no such file or folder
                    verify --quiet %weights                              | %weights holds no tensor 'in.noise'
                    pairs inspect --quiet %missing                       | cannot read %missing: no such file or folder
                    pairs inspect --quiet %run                           | %run holds no pairs.json: it is not a pair set, or one that was never finished
                    pairs generate --quiet --count 1 --out %pairs        | %pairs already holds a pair set; delete it or choose another folder
                    pairs generate --quiet --count 1 --out %weights      | cannot write %weights: %weights is a file, not a folder
                    train --quiet --pairs %missing --out %new %tiny        | cannot read %missing: no such file or folder
                    train --quiet --pairs %pairs --out %run %tiny          | %run holds a run already; resume it by --resume, or choose another --out
                    teacher train --quiet --resume --out %run            | %run is a run of getj train; resume it by getj train --resume --out %run
                    train --quiet --resume --out %missing                | %missing holds no run: there is no config.json in it
                    train --quiet --pairs %pairs --out %new --image-size 8 %tiny | the pairs are 16×16×1, the network takes 8×8×1
                    """)
    void filesThatCannotBeUsedEndIn1(String line, String message) {
        expect(1, line, message);
        assertFalse(Files.exists(folder.resolve("new")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    sample --out %new                                  | Error: Missing required argument
                    sample --run %run --weights %weights --out %new      | Error: --weights=F, --run=R are mutually exclusive (specify only one)
                    sample --quiet --run %run --count 0 --out %new      | --count 0: a whole number from 1 to 100000000 is needed
                    sample --run %run --count few --out %new            | --count few: a whole number from 1 to 100000000 is needed
                    sample --run %run --iterations 0 --out %new         | --iterations 0: a whole number from 1 to 10000 is needed
                    sample --run %run --solver newton --out %new        | Invalid value for option '--solver': 'newton' is not fixed-point, anderson or broyden
                    sample --run %run --iterations 3 --tol 1 --out %new | --iterations asks for that many, --tol lets the solver stop: leave out one
                    sample --run %run --iterations 3 --max-iterations 4 --out %new | --iterations asks for that many, --max-iterations lets the solver stop: leave out one
                    sample --run %run --tol -1 --out %new               | --tol -1: a number of at least 0 is needed
                    sample --run %run --memory 3 --out %new             | --memory means nothing to --solver fixed-point
                    sample --run %run --z0 zero --out %new              | Invalid value for option '--z0': expected one of
                    sample --run %run --label 3 --out %new --quiet      | label 3 is not a class of this network, which has 0…2
                    sample --run %run --label -1 --out %new --quiet     | label -1 is not a class of this network, which has 0…2
                    sample --run %run --label cat --out %new --quiet    | --label cat: a class number or 'all' is needed
                    sample --run %run --input %pairs --seed 1 --out %new | --input brings its own noise and labels: leave out --count, --seed and --label
                    sample --run %run --input %pairs --label 1          | --input brings its own noise and labels: leave out --count, --seed and --label
                    sample --run %run --precision half --out %new       | Invalid value for option '--precision': 'half' is none of float32, tf32, mixed
                    classifier train --data builtin:strokes --out %new --precision mixed | --precision mixed: a classifier is three small layers, which are trained in float32
                    pairs generate --out %new --precision mixed         | --precision mixed: the ideal denoiser computes in float32
                    train --resume --out %run --precision mixed         | --precision cannot be given with --resume: the run keeps the settings it began with
                    train --pairs %pairs --out %new --precision mixed --jacobian-penalty 0.1 | the Jacobian penalty needs --precision float32
                    sample --run %run --products cublas --out %new      | --products cublas is for --device cuda
                    sample --run %run --products fast --out %new        | Invalid value for option '--products': expected one of
                    train --out %new                                   | --pairs is needed: the pair set to learn from
                    demo --data cats --out %new                        | --data cats: it can be strokes, fashion or mnist:DIR
                    train --pairs %pairs                               | Missing required option: '--out=RUN'
                    train --pairs %pairs --out %new --model GET-X       | no model is called 'GET-X'; there are GET-T/2
                    train --pairs %pairs --out %new --patch 3           | images of side 16 do not cut into patches of side 3
                    train --pairs %pairs --out %new --width 30 --heads 2 | width 30 is not a multiple of 4
                    train --pairs %pairs --out %new --batch 0           | --batch 0: a whole number from 1 to 1000000 is needed
                    train --pairs %pairs --out %new --steps 0           | --steps 0: a whole number from 1 to 1000000000 is needed
                    train --pairs %pairs --out %new --lr -1             | --lr -1: a number above 0 is needed
                    train --pairs %pairs --out %new --warmup -1         | --warmup -1: a whole number from 0 to 1000000000 is needed
                    train --pairs %pairs --out %new --ema 1             | --ema 1: a number of at least 0 and below 1 is needed
                    train --pairs %pairs --out %new --slices 1000 --iterations 100 %tiny | 1000 slices of 100 differentiated steps are more than the 65536 that can be
                    train --pairs %pairs --out %new --loss l3           | Invalid value for option '--loss': 'l3' is not l1, l2 or pseudo-huber
                    train --pairs %pairs --out %new --loss-decay 0      | the loss decay must lie in (0, 1], not 0.0
                    train --pairs %pairs --out %new --iterations 0      | --iterations 0: a whole number from 1 to 10000 is needed
                    train --pairs %pairs --out %new --save-every 0      | --save-every 0: a whole number from 1 to 1000000000 is needed
                    train --pairs %pairs --out %new --threads 0 %tiny    | --threads 0: a whole number from 1 to 4096 is needed
                    train --resume --out %run --lr 1e-3                | --lr cannot be given with --resume: the run keeps the settings it began with
                    train --resume --out %run --width 32               | --width cannot be given with --resume: the run keeps the settings it began with
                    train --resume --out %run --recompute              | --recompute cannot be given with --resume: the run keeps the settings it began with
                    train --resume --out %run --steps 0                | --steps 0: a whole number from 1 to 1000000000 is needed
                    pairs generate --out %new --count 0                | --count 0: a whole number from 1 to 1000000000000 is needed
                    pairs generate --out %new --classes 11             | the strokes have 1 to 10 classes, not 11
                    pairs generate --out %new --classes 0              | --classes 0: a whole number from 1 to 1000000 is needed
                    pairs generate --out %new --images 4               | the teacher needs an image of each of the 10 classes, not 4 images
                    pairs inspect                                     | Missing required parameter: 'PAIRS'
                    bench render                                      | Invalid value for positional parameter at index 0 (sample|train)
                    bench sample --batch 0                            | --batch 0: a whole number from 1 to 1000000 is needed
                    bench train --iterations 0                        | --iterations 0: a whole number from 1 to 10000 is needed
                    profile sample --warmup 0                         | --warmup 0: a whole number from 1 to 100000 is needed
                    profile render                                    | Invalid value for positional parameter at index 0 (sample|train)
                    bench sample --heads 3                            | width 256 does not split into 3 heads
                    verify                                            | Missing required parameter: 'GOLDEN'
                    """)
    void wrongUsageEndsIn2(String line, String message) {
        expect(2, line, message);
        assertFalse(Files.exists(folder.resolve("new")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sample --quiet --out %new --weights %bad",
                "sample --quiet --out %new --run %run --input %bad",
                "verify --quiet %bad",
                "pairs inspect --quiet %bad",
                "train --quiet --out %new --pairs %bad %tiny"
            })
    void truncatedFilesEndIn1(String line) throws IOException {
        byte[] whole = Files.readAllBytes(weights);
        Path bad = folder.resolve("bad.safetensors");
        String damage = "%bad is not a safetensors file that can be read: ";
        Files.write(bad, new byte[0]);
        expect(1, line, damage + "it has only 0 bytes");
        Files.write(bad, Arrays.copyOf(whole, 40));
        expect(1, line, damage + "its header would have");
        Files.write(bad, Arrays.copyOf(whole, whole.length - 1));
        expect(1, line, damage);
    }

    // ---- inputs of sample ----------------------------------------------------------------------

    @Test
    void samplingInputIsChecked() {
        String line = "sample --quiet --out %new --run %run --input %bad";
        Path bad = folder.resolve("bad.safetensors");
        CommandsTest.writeInput(bad, 2, new long[] {0}, 0);
        expect(1, line, "%bad: label has shape [1], this network needs [2]");
        CommandsTest.writeInput(bad, 2, new long[] {0, 3}, 0);
        expect(1, line, "%bad: label 3 is not a class of this network, which has 0…2");
        CommandsTest.writeInput(bad, 2, new long[] {-1, 0}, 0);
        expect(1, line, "%bad: label -1 is not a class of this network, which has 0…2");
        CommandsTest.writeInput(bad, 2, new long[] {0, 1}, Float.NaN);
        expect(1, line, "%bad: noise holds NaN at position 0");
        new SafetensorsWriter().add("noise", new float[4], 1, 1, 2, 2).write(bad);
        expect(1, line, "%bad: noise has shape [1, 1, 2, 2], this network needs [1, 1, 16, 16]");
        new SafetensorsWriter().add("noise", new float[1]).write(bad);
        expect(1, line, "%bad: noise has shape [], this network needs [0, 1, 16, 16]");
        new SafetensorsWriter().add("noise", new float[0], 0, 1, 16, 16).write(bad);
        expect(1, line, "%bad: noise has shape [0, 1, 16, 16], this network needs");
        new SafetensorsWriter()
                .add("noise", new float[256], 1, 1, 16, 16)
                .add("z0", new float[16], 1, 4, 4)
                .write(bad);
        expect(1, line, "%bad: z0 has shape [1, 4, 4], this network needs [1, 4, 16]");
        new SafetensorsWriter().add("noise", new float[256], 1, 1, 16, 16).write(bad);
        expect(1, line, "%bad holds no tensor 'z0'");
        assertFalse(Files.exists(folder.resolve("new")));
    }

    @Test
    void aLinkOutOfARunEndsIn1() throws IOException {
        Path stuck = folder.resolve("stuck");
        Files.createDirectories(stuck);
        Files.copy(run.resolve("config.json"), stuck.resolve("config.json"));
        Files.createSymbolicLink(stuck.resolve("log.txt"), Path.of("/dev/null"));
        expect(
                1,
                "train --quiet --resume --out " + stuck,
                "cannot write "
                        + stuck.resolve("log.txt")
                        + ": it is a link that leads out of "
                        + stuck);
    }

    // ---- pairs ---------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pairs inspect --quiet %bad",
                "train --quiet --steps 1 --out %new --pairs %bad %tiny"
            })
    void damagedPairsEndIn1(String line) {
        Path bad = folder.resolve("bad.safetensors");
        writePairs(bad, 0.5f, new long[] {0});
        expect(1, line, "%bad: label has shape [1], but there are 2 pairs, which take 2 labels");
        writePairs(bad, 0.5f, new long[] {0, 9});
        expect(1, line, "%bad: label 9 of pair 1 is outside 0 to 2");
        new SafetensorsWriter().add("noise", new float[8], 2, 4).write(bad);
        expect(1, line, "%bad: noise has shape [2, 4], expected [n, C, S, S]");
        assertFalse(Files.exists(folder.resolve("new")));
        writePairs(bad, Float.NaN, new long[] {0, 1});
        // only found as it is read: the run has begun by then, and can be gone on with on good
        // pairs
        expect(
                1,
                line.replace("%new", "%other"),
                "%bad: image of pair 0 holds NaN; the file is damaged or its teacher diverged");
    }

    private static void writePairs(Path file, float pixel, long[] labels) {
        float[] image = new float[2 * 256];
        image[3] = pixel;
        new SafetensorsWriter()
                .add("noise", new float[2 * 256], 2, 1, 16, 16)
                .add("image", image, 2, 1, 16, 16)
                .add("label", labels, labels.length)
                .metadata("classes", "3")
                .write(file);
    }

    // ---- golden files --------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    in.label=9      | label 9 is not a class of this network, which has 0…9 | no
                    in.label=10     | label 10 is not a class of this network, which has 0…9 | yes
                    in.label=-1     | label -1 is not a class of this network, which has 0…9 | yes
                    in.label[3]     | in.label has shape [3], this network needs [4] | yes
                    in.noise[1]     | in.noise has shape [1], this network needs | yes
                    in.noise=NaN    | in.noise holds NaN at position 0 | yes
                    in.z0[2]        | in.z0 has shape [2], this network needs [4, 16, 24] | yes
                    in.z0=Infinity  | in.z0 holds Infinity at position 0 | yes
                    in.target[2]    | in.target has shape [2], this network needs [4, 3, 8, 8] | yes
                    param.qkv_inj.weight[2] | tensor 'param.qkv_inj.weight' has shape [2], the network needs [216, 24] | yes
                    param.qkv_inj.weight=NaN | tensor 'param.qkv_inj.weight' holds NaN at position 0; the weights are damaged | yes
                    """)
    void damagedGoldenFilesEndIn1(String damage, String message, String refused) {
        Path bad = folder.resolve("bad.safetensors");
        damage(CommandsTest.GOLDEN.resolve("get_cond_tiny.safetensors"), damage, bad);
        if (refused.equals("yes")) {
            expect(1, "verify --quiet %bad", "%bad: " + message);
        } else {
            // another class is as good as the right one: entries are off, the file is sound
            Run off = Run.getj("verify", "--quiet", bad.toString());
            assertEquals(1, off.code());
            assertEquals("", off.err());
            assertTrue(off.out().contains("OFF"), off.out());
        }
    }

    /**
     * Copies what {@code eval} and {@code train.losses} need, one tensor changed: name=value or
     * name[size].
     */
    private static void damage(Path golden, String damage, Path target) {
        SafetensorsWriter writer = new SafetensorsWriter();
        try (SafetensorsFile file = SafetensorsFile.open(golden)) {
            file.metadata().forEach(writer::metadata);
            for (String name : file.names()) {
                if (!name.matches("in\\..*|param\\..*|eval.out.fixed_point_6|train.losses")) {
                    continue;
                }
                long[] shape = file.entry(name).shape();
                boolean resized = damage.startsWith(name + "[");
                if (resized) {
                    shape = new long[] {Long.parseLong(damage.replaceAll(".*\\[|]", ""))};
                }
                String value =
                        damage.startsWith(name + "=") ? damage.substring(name.length() + 1) : null;
                if (name.equals("in.label")) {
                    long[] labels = file.longs(name);
                    labels[0] = value == null ? labels[0] : Long.parseLong(value);
                    writer.add(
                            name, resized ? Arrays.copyOf(labels, (int) shape[0]) : labels, shape);
                } else {
                    float[] values = file.floats(name);
                    values[0] = value == null ? values[0] : Float.parseFloat(value);
                    writer.add(
                            name, resized ? Arrays.copyOf(values, (int) shape[0]) : values, shape);
                }
            }
        }
        writer.write(target);
    }
}
