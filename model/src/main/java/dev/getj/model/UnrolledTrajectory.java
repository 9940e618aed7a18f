package dev.getj.model;

import dev.getj.kernels.Program;
import dev.getj.kernels.Tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Plain steps from z₀, all differentiated: the paper's way. The gradient of the state stays in one
 * tensor from the last block to the first, and nothing is copied.
 */
final class UnrolledTrajectory implements Trajectory {
    private final List<Program> forward = new ArrayList<>();
    private final List<Program> backward = new ArrayList<>();
    private final Tensor last;

    /**
     * @param unrolled ignored by a ViT, which decodes what leaves its blocks
     * @param start z₀, [B, N, D]
     * @param d zero when the way back begins; a ViT leaves there the gradient of h
     */
    UnrolledTrajectory(
            Network network,
            BlockApplications blocks,
            InjectionPass injection,
            DecodedLosses decoded,
            Estimator.Unrolled unrolled,
            int batch,
            Tensor start,
            Tensor d) {
        ModelConfig config = network.config();
        if (!config.equilibrium()) {
            last = injection.h();
            backward.addAll(decoded.record(0, last, d));
            return;
        }
        List<List<BlockApplications.Application>> steps = new ArrayList<>();
        Tensor z = start;
        for (int step = 0; step < unrolled.steps(); step++) {
            List<BlockApplications.Application> applications = new ArrayList<>();
            for (int m = 0; m < config.equilibriumDepth(); m++) {
                Tensor y = network.allocateState(batch);
                BlockApplications.Application application = blocks.equilibrium(m, z, y, injection);
                forward.add(blocks.forward(application));
                applications.add(application);
                z = y;
            }
            steps.add(applications);
        }
        last = z;
        int state = unrolled.supervised().size();
        for (int step = unrolled.steps(); step >= 1; step--) {
            List<BlockApplications.Application> applications = steps.get(step - 1);
            if (unrolled.supervised().contains(step)) {
                backward.addAll(decoded.record(--state, applications.getLast().y(), d));
            }
            applications.reversed().forEach(each -> backward.add(blocks.backward(each, d)));
        }
    }

    @Override
    public Tensor last() {
        return last;
    }

    @Override
    public void forward() {
        forward.forEach(Program::run);
    }

    @Override
    public void backward() {
        backward.forEach(Program::run);
    }
}
