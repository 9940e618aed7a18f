package dev.getj.kernels.tornado.runtime;

/** The work items of a launch: of the whole grid, and of one work-group. */
public record Geometry(int globalX, int globalY, int globalZ, int localX, int localY, int localZ) {
    /** Work items of a group in most kernels. */
    public static final int GROUP = 256;

    /** Work-groups along y, or z, at most: what CUDA takes. */
    private static final int MOST = 65535;

    /** Of what is no kernel. */
    static final Geometry NONE = new Geometry(0, 0, 0, 0, 0, 0);

    /**
     * @throws IllegalArgumentException if there are more work-groups than devices take
     */
    public Geometry {
        if (localY > 0 && localZ > 0 && Math.max(globalY / localY, globalZ / localZ) > MOST) {
            throw new IllegalArgumentException(
                    "a grid has at most %s work-groups along y and z, not %s and %s"
                            .formatted(MOST, globalY / localY, globalZ / localZ));
        }
    }

    /** {@code x × y × z} groups of {@link #GROUP} work items along x. */
    public static Geometry groups(int x, int y, int z) {
        return new Geometry(Math.multiplyExact(x, GROUP), y, z, GROUP, 1, 1);
    }

    /** At least {@code count} work items, for each of {@code rows}. */
    public static Geometry items(int count, int rows) {
        return groups(ceil(count, GROUP), rows, 1);
    }

    /** {@code count / size}, rounded up. */
    public static int ceil(int count, int size) {
        return (count - 1) / size + 1;
    }
}
