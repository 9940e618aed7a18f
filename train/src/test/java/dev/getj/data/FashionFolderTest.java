package dev.getj.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.io.GetjException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

/** Fashion-MNIST is found where the package puts it; without it the error says what to install. */
class FashionFolderTest {
    @TempDir private Path folder;

    @Test
    void theFirstFolderThatIsThereIsTaken() {
        assertEquals(folder, FashionFolder.find(List.of(folder.resolve("none"), folder)));
    }

    @Test
    void theErrorNamesThePackage() {
        Path none = folder.resolve("none");
        GetjException missing =
                assertThrows(GetjException.class, () -> FashionFolder.find(List.of(none)));
        assertEquals(
                "Fashion-MNIST is not in "
                        + none
                        + ": install the package dataset-fashion-mnist of Debian or Ubuntu, or name"
                        + " a folder with its four files, mnist:DIR",
                missing.getMessage());
    }

    @Test
    void theSpecIsWrittenAsItWasRead() {
        DataSpec spec = DataSpec.parse("builtin:fashion,split=test");
        assertEquals("builtin:fashion,split=test", spec.absolute().text());
    }
}
