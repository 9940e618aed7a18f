package uk.ac.manchester.tornado.api;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.util.Set;

/** With a TornadoVM SDK at hand, every stub's signatures are the SDK's. */
class SdkSignaturesTest {
    private static final SdkComparison STUBS =
            new SdkComparison(
                    KernelContext.class,
                    "tornado-api-",
                    Set.of("uk/ac/manchester/tornado/api/Stub.class"));

    @Test
    void everyStubIsAsInTheSdk() throws IOException, URISyntaxException {
        STUBS.requireSame();
    }

    @Test
    void whatIsCompared() throws IOException, URISyntaxException {
        Set<String> lines =
                Signatures.of(
                        Files.readAllBytes(
                                STUBS.root()
                                        .resolve(
                                                KernelContext.class.getName().replace('.', '/')
                                                        + ".class")));
        String name = "uk/ac/manchester/tornado/api/KernelContext";
        assertTrue(lines.contains("class " + name), lines.toString());
        assertTrue(lines.contains(name + ".final globalIdx Ljava/lang/Integer;"), lines.toString());
        assertTrue(lines.contains(name + ".allocateFloatLocalArray (I)[F"), lines.toString());
        assertTrue(lines.contains(name + ".<init> ()V"), lines.toString());
        assertTrue(lines.stream().noneMatch(line -> line.contains("<init> ([I")), "not public");
        assertTrue(STUBS.stubs().size() > 40, "stubs found: " + STUBS.stubs().size());
    }
}
