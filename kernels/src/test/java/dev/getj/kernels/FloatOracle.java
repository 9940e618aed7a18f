package dev.getj.kernels;

import dev.getj.kernels.reference.ReferenceBackend;
import dev.getj.kernels.tensor.DType;

/** The oracle with float tensors, as a device has them: files hold all that it computes. */
public final class FloatOracle extends ForwardingBackend {
    public FloatOracle() {
        super(new ReferenceBackend());
    }

    @Override
    public String description() {
        return super.description() + ", float tensors";
    }

    @Override
    public DType dtype() {
        return DType.F32;
    }

    @Override
    public boolean mixes() {
        return true;
    }
}
