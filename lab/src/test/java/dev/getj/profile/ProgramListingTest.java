package dev.getj.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.List;

class ProgramListingTest {
    private static Runnable step(Backend backend) {
        Tensor x = backend.allocate(2, 3);
        Tensor y = backend.allocate(2, 3);
        Program first = backend.record("add", k -> k.add(x, y));
        Program second = backend.record("add", k -> k.add(y, x));
        Program third = backend.record("mix", k -> k.mix(2, x, 3, y));
        return () -> {
            first.run();
            third.run();
            second.run();
        };
    }

    @Test
    void programsThatDifferInPlacesAloneAreListedOnce() {
        ProgramListing listing = ProgramListing.of(ProgramListingTest::step);
        assertEquals(
                List.of("add", "mix"),
                listing.programs().stream().map(ProgramListing.Listed::name).toList());
        assertEquals(
                List.of(2, 1),
                listing.programs().stream().map(ProgramListing.Listed::runs).toList());
        assertEquals(2 * 6 + 3 * 6, listing.flops());
        assertEquals(2 * 6 * 4, listing.bytes());
        ProgramListing.Line add = listing.programs().getFirst().operations().getFirst();
        assertEquals(6 * 4 * 3, add.bytes());
        assertEquals("[x [2, 3], y [2, 3]]", add.operands().toString());
        assertTrue(listing.text().startsWith("add × 2"), listing.text());
        assertTrue(listing.text().contains("x [2, 3], y [2, 3] → y [2, 3]"), listing.text());
    }
}
