package dev.getj.kernels.tornado.matmul;

import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.tornado.runtime.Geometry;

import java.util.Comparator;
import java.util.stream.IntStream;

/** What should be fastest on a device, by what its profile says a work-group costs. */
record FastTiling(DeviceProfile profile) implements Tiling {
    // shorter parts would not be worth their way through memory
    private static final int SHORTEST_PART = 512;
    private static final int MOST_PARTS = 16;

    // sums that are worth a second launch, which adds their parts
    private static final int LONG = 2048;

    // a part more is worth its way through memory if so much more of a device is busy
    private static final double WORTHWHILE = 1.05;

    @Override
    public boolean large(int m, int n) {
        return Math.min(m, n) > MatMulSmall.TILE
                && MatMulLarge.tiles(m, n) >= profile.limits().busy();
    }

    @Override
    public boolean sliced(int m, int n, int k) {
        double time = slicedTime(m, n, k);
        return few(m, n) && time < tiledTime(m, n, k) && time <= splitTime(m, n, k);
    }

    @Override
    public boolean split(int m, int n, int k) {
        double time = splitTime(m, n, k);
        return few(m, n) && time < tiledTime(m, n, k) && time < slicedTime(m, n, k);
    }

    @Override
    public int splitDepth(int m, int n, int k) {
        return IntStream.rangeClosed(1, MOST_PARTS)
                .map(parts -> roundUp(Geometry.ceil(k, parts), MatMulSplitK.DEPTH))
                .boxed()
                .min(Comparator.comparingDouble(depth -> splitTime(m, n, k, depth)))
                .orElseThrow();
    }

    @Override
    public boolean largeWeight(int m, int n) {
        // parts fill the device
        return Math.min(m, n) > MatMulSmall.TILE;
    }

    @Override
    public int partDepth(int m, int n, int k) {
        int tiles = largeWeight(m, n) ? MatMulLarge.tiles(m, n) : MatMulSmall.tiles(m, n);
        int wanted = Geometry.ceil(profile.limits().parts(), tiles);
        int parts = Math.min(wanted, Geometry.ceil(k, SHORTEST_PART));
        return roundUp(Geometry.ceil(k, parts), MatMulSmall.STEP);
    }

    @Override
    public int mixedDepth(int m, int n, int k) {
        // two work-groups a processor hide each other's waits
        int wanted = 2 * profile.processors() / MatMulMixed.tiles(m, n);
        int most = Math.min(MOST_PARTS, Geometry.ceil(k, SHORTEST_PART));
        int parts = Math.clamp(wanted, 1, most);
        return parts == 1 ? k : roundUp(Geometry.ceil(k, parts), MatMulMixed.STEP);
    }

    @Override
    public boolean mixedFew(int m, int n, int k) {
        // with twice the tiles a processor; long sums are better cut
        return k < LONG && 2 * MatMulMixed.tiles(m, n) <= profile.processors();
    }

    @Override
    public boolean mixedSliced(int m, int n, int k) {
        // four times the tiles, which a device of that many processors takes at once
        return k < LONG && 2 * MatMulMixedFew.tiles(m, n) <= profile.processors();
    }

    @Override
    public int mixedWeightDepth(int m, int n, int k) {
        // two groups a processor at a time: few parts, of which the last turn has many
        int tiles = MatMulMixed.tiles(m, n);
        int slots = 2 * profile.processors();
        int most = Math.min(MOST_PARTS, Geometry.ceil(k, SHORTEST_PART));
        int best = 1;
        for (int parts = 2; parts <= most; parts++) {
            if (busy(tiles * parts, slots) > WORTHWHILE * busy(tiles * best, slots)) {
                best = parts;
            }
        }
        return best == 1 ? k : roundUp(Geometry.ceil(k, best), MatMulMixed.STEP);
    }

    // share of the slots that have a group, over all turns
    private static double busy(int groups, int slots) {
        return (double) groups / (Geometry.ceil(groups, slots) * slots);
    }

    private boolean few(int m, int n) {
        return MatMulSmall.tiles(m, n) < profile.limits().few();
    }

    private double slicedTime(int m, int n, int k) {
        return profile.costs().sliced().nanos(groupsOfOne(MatMulSliced.tiles(m, n)), k);
    }

    private double splitTime(int m, int n, int k) {
        return splitTime(m, n, k, splitDepth(m, n, k));
    }

    private double splitTime(int m, int n, int k, int depth) {
        int parts = Geometry.ceil(k, depth);
        int groups = groupsOfOne(MatMulSplitK.tiles(m, n) * parts);
        DeviceProfile.Join cost = profile.costs().join();
        // joining is a launch of its own, and parts go through memory
        double join = parts > 1 ? cost.start() + cost.element() * parts * m * n : 0;
        return profile.costs().split().nanos(groups, depth) + join;
    }

    private double tiledTime(int m, int n, int k) {
        return large(m, n)
                ? profile.costs().large().nanos(groupsOfOne(MatMulLarge.tiles(m, n)), k)
                : profile.costs().small().nanos(groupsOfOne(MatMulSmall.tiles(m, n)), k);
    }

    // the most that one processor gets
    private int groupsOfOne(int groups) {
        return Geometry.ceil(groups, profile.processors());
    }

    private static int roundUp(int value, int multiple) {
        return Geometry.ceil(value, multiple) * multiple;
    }
}
