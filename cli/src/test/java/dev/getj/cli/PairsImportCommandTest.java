package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import javax.imageio.ImageIO;

/** The reference's pair folders: imported, described, shown, and trained on in place. */
class PairsImportCommandTest {
    private static final Path PAIRS = Path.of("../train/src/test/resources/reference/pairs_cond");

    @TempDir Path folder;

    private static Run getj(Object... words) {
        return Run.getj(Arrays.stream(words).map(Object::toString).toArray(String[]::new));
    }

    private static String ok(Object... words) {
        Run run = getj(words);
        assertEquals(0, run.code(), run.err());
        return run.out();
    }

    @Test
    void importedPairsAreDescribedAndShownAsTheFolderIs() throws IOException {
        Path out = folder.resolve("out");
        String told = ok("pairs", "import", PAIRS, "--out", out, "--json", "--quiet");
        assertTrue(told.contains("\"count\" : 9"), told);
        assertTrue(told.contains("\"classes\" : 10"), told);
        Path grid = folder.resolve("grid.png");
        assertEquals(
                ok("pairs", "inspect", PAIRS, "--json", "--quiet"),
                ok("pairs", "inspect", out, "--json", "--quiet", "--grid", grid));
        assertTrue(ImageIO.read(grid.toFile()).getWidth() > 100);
        Run again = getj("pairs", "import", PAIRS, "--out", out);
        assertEquals(1, again.code());
        assertTrue(again.err().contains("already holds a pair set"), again.err());
    }

    @Test
    void trainingInPlaceEqualsTrainingOnTheImportedSet() throws IOException {
        Path out = folder.resolve("out");
        ok("pairs", "import", PAIRS, "--out", out, "--quiet");
        for (Path pairs : new Path[] {PAIRS, out}) {
            String sizes =
                    "--patch 4 --width 16 --heads 2 --depth 1 --deq-depth 1 --deq-mlp-ratio 2";
            Path run = folder.resolve(pairs.getFileName() + "-run");
            String line =
                    "train --quiet --steps 2 --batch 4 --iterations 2 --pairs %s --out %s %s"
                            .formatted(pairs, run, sizes);
            ok((Object[]) line.split(" "));
        }
        assertEquals(
                -1,
                Files.mismatch(
                        folder.resolve("pairs_cond-run/latest.safetensors"),
                        folder.resolve("out-run/latest.safetensors")));
    }

    @Test
    void aDamagedSetLeavesNoPairsBehind() throws IOException {
        Path set = folder.resolve("set");
        for (String side : new String[] {"latent", "image"}) {
            Files.createDirectories(set.resolve(side));
            byte[] bytes = Files.readAllBytes(PAIRS.resolve(side).resolve("000000049.pkl"));
            Files.write(set.resolve(side).resolve("1.pkl"), Arrays.copyOf(bytes, 300));
        }
        Path out = folder.resolve("out");
        Run refused = getj("pairs", "import", set, "--out", out);
        assertEquals(1, refused.code());
        assertEquals(1, refused.err().strip().lines().count(), refused.err());
        assertFalse(Files.exists(out.resolve("pairs.json")));
    }
}
