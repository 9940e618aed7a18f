package dev.getj.study;

import dev.getj.data.Pairs;
import dev.getj.diffusion.PairMaker;
import dev.getj.io.GetjException;
import dev.getj.kernels.Backend;

import java.nio.file.Path;
import java.util.function.Function;

/** Where a study's pairs come from. */
public sealed interface PairSource {
    /**
     * A teacher that makes them.
     *
     * @param open opens it on a device
     */
    record Teacher(Function<Backend, PairMaker> open) implements PairSource {}

    /**
     * A pair set that is there.
     *
     * @param set as {@link Pairs#open} takes it
     * @param heldOut pairs at its end that no run learns from, at least 1
     */
    record Given(Path set, long heldOut) implements PairSource {
        /**
         * Checks that there are pairs to learn from and pairs to measure on.
         *
         * @param pairs the opened set
         * @param heldOut null for those that the set keeps apart
         * @throws GetjException if there are none of either
         */
        public static Given of(Path set, Pairs pairs, Long heldOut) {
            long apart = heldOut == null ? pairs.description().heldOut() : heldOut;
            if (apart < 1) {
                throw new GetjException(
                        "%s keeps no pairs apart to measure students on; say --held-out P, such as 1000"
                                .formatted(set));
            }
            if (apart >= pairs.count()) {
                throw new GetjException(
                        "--held-out %s leaves none of the %s pairs of %s to learn from"
                                .formatted(apart, pairs.count(), set));
            }
            return new Given(set, apart);
        }
    }
}
