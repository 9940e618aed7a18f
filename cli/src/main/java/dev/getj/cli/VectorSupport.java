package dev.getj.cli;

import jdk.incubator.vector.FloatVector;

/** Whether the Vector API can be used, and how many floats one vector holds (1 without it). */
record VectorSupport(boolean available, int floats) {
    /** Looks at this Java: the module is there only if it was started with it. */
    static VectorSupport detect() {
        boolean available = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        return new VectorSupport(available, available ? Width.floats() : 1);
    }

    String description() {
        return available
                ? floats * Float.SIZE + "-bit vectors"
                : "scalar (started without the Vector API)";
    }

    /** Apart, so that a Java without the module never loads it. */
    private static final class Width {
        static int floats() {
            return FloatVector.SPECIES_PREFERRED.length();
        }
    }
}
