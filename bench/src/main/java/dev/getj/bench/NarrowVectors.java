package dev.getj.bench;

import jdk.incubator.vector.FloatVector;

import java.util.ArrayList;
import java.util.List;

/** Options of Java that make this machine's vectors as short as those of others. */
final class NarrowVectors {
    private NarrowVectors() {}

    /** Those that are an option here. */
    static List<String> options() {
        return options(
                System.getProperty("os.arch"), FloatVector.SPECIES_PREFERRED.vectorBitSize());
    }

    /**
     * Those that shorten vectors of {@code bits}: to AVX2's, which comes with 16 registers instead
     * of 32, and to 128 bits.
     */
    static List<String> options(String architecture, int bits) {
        List<String> options = new ArrayList<>();
        if (bits > 256 && architecture.equals("amd64")) {
            options.add("-XX:UseAVX=2");
        }
        if (bits > 128) {
            options.add("-XX:MaxVectorSize=16");
        }
        return options;
    }
}
