package uk.ac.manchester.tornado.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import uk.ac.manchester.tornado.api.SdkComparison;
import uk.ac.manchester.tornado.runtime.library.spi.TornadoLibraryProvider;

import java.io.IOException;
import java.net.URISyntaxException;
import java.util.Set;

/** With a TornadoVM SDK at hand, every stub's signatures are the SDK's. */
class RuntimeSignaturesTest {
    @Test
    void everyStubIsAsInTheSdk() throws IOException, URISyntaxException {
        SdkComparison stubs =
                new SdkComparison(TornadoLibraryProvider.class, "tornado-runtime-", Set.of());
        assertEquals(5, stubs.stubs().size());
        stubs.requireSame();
    }
}
