package dev.getj.kernels.tornado.attention;

import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.op.AttentionOp;
import dev.getj.kernels.tornado.runtime.Tasks;
import dev.getj.kernels.tornado.state.Casts;

/**
 * Attention, forward and backward.
 *
 * @param choice which kernel computes it
 */
public record AttentionTasks(Choice choice) {

    /**
     * Chooses between {@link AttentionFew} and {@link Attention}, and in 16 bits between {@link
     * AttentionMixedFew} and {@link AttentionMixed}.
     */
    public interface Choice {
        /** True for the first. */
        boolean few(int samples, int tokens, int heads);

        /**
         * Few is what leaves processors idle, counted in tiles of 64 queries: also in 16 bits, where
         * a work-group of {@link AttentionMixed} takes two of them.
         */
        static Choice of(DeviceProfile profile) {
            return (samples, tokens, heads) ->
                    Attention.tiles(samples, tokens, heads) < profile.limits().busy();
        }
    }

    /** Adds the tasks of an operation. */
    public void record(Tasks tasks, AttentionOp operation) {
        switch (operation) {
            case AttentionOp.Attention op -> {
                if (op.mixed()) {
                    inHalves(tasks, op);
                } else {
                    inFloat(tasks, op);
                    Casts.round(tasks, op.y());
                }
            }
            case AttentionOp.AttentionBackward op -> {
                if (op.mixed()) {
                    AttentionMixedBackward.record(tasks, op);
                } else {
                    AttentionBackward.record(tasks, op);
                }
            }
        }
    }

    private void inHalves(Tasks tasks, AttentionOp.Attention op) {
        if (few(op) && AttentionMixedFew.takes(op)) {
            AttentionMixedFew.record(tasks, op);
        } else {
            AttentionMixed.record(tasks, op);
        }
    }

    private boolean few(AttentionOp.Attention op) {
        return choice.few(op.qkv().dim(0), op.qkv().dim(1), op.heads());
    }

    private void inFloat(Tasks tasks, AttentionOp.Attention op) {
        if (few(op)) {
            AttentionFew.record(tasks, op);
        } else {
            Attention.record(tasks, op);
        }
    }
}
