package dev.getj.kernels.tornado;

import dev.getj.kernels.DeviceProfile;
import dev.getj.kernels.Products;
import dev.getj.kernels.op.AttentionOp;
import dev.getj.kernels.op.ImageOp;
import dev.getj.kernels.op.LossOp;
import dev.getj.kernels.op.MatMulOp;
import dev.getj.kernels.op.NormOp;
import dev.getj.kernels.op.Operation;
import dev.getj.kernels.op.OptimizerOp;
import dev.getj.kernels.op.StateOp;
import dev.getj.kernels.tornado.attention.AttentionTasks;
import dev.getj.kernels.tornado.image.ImageTasks;
import dev.getj.kernels.tornado.loss.LossTasks;
import dev.getj.kernels.tornado.matmul.LibraryProducts;
import dev.getj.kernels.tornado.matmul.MatMulTasks;
import dev.getj.kernels.tornado.matmul.Tiling;
import dev.getj.kernels.tornado.norm.NormTasks;
import dev.getj.kernels.tornado.optimizer.OptimizerTasks;
import dev.getj.kernels.tornado.runtime.Tasks;
import dev.getj.kernels.tornado.state.StateTasks;

import java.util.Optional;

/** Finds for every operation the family whose kernels compute it. */
public record OperationTasks(MatMulTasks products, AttentionTasks attention)
        implements Tasks.Recorder {

    /** With the kernels that are fast on a device. */
    public static OperationTasks of(DeviceProfile profile, Products products) {
        Optional<LibraryProducts> library =
                switch (products) {
                    case JAVA -> Optional.empty();
                    case LIBRARY -> Optional.of(new LibraryProducts(false, profile));
                    case LIBRARY_TF32 -> Optional.of(new LibraryProducts(true, profile));
                };
        return new OperationTasks(
                new MatMulTasks(Tiling.of(profile), library),
                new AttentionTasks(AttentionTasks.Choice.of(profile)));
    }

    @Override
    public String remark() {
        return products.library()
                .map(it -> ", products by cuBLASLt" + (it.tf32() ? " in tf32" : ""))
                .orElse("");
    }

    @Override
    public boolean tf32() {
        return products.library().stream().anyMatch(LibraryProducts::tf32);
    }

    @Override
    public void record(Tasks tasks, Operation operation) {
        switch (operation) {
            case MatMulOp op -> products.record(tasks, op);
            case NormOp op -> NormTasks.record(tasks, op);
            case AttentionOp op -> attention.record(tasks, op);
            case ImageOp op -> ImageTasks.record(tasks, op);
            case LossOp op -> LossTasks.record(tasks, op);
            case OptimizerOp op -> OptimizerTasks.record(tasks, op);
            case StateOp op -> StateTasks.record(tasks, op);
        }
    }
}
