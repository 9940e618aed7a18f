package dev.getj.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;

/** The libtorch inside DJL. */
final class Torch {
    static final String NAME = "libtorch";

    private Torch() {}

    /** A new owner of arrays in the memory of the processor. */
    static NDManager manager() {
        return NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }

    /** How many threads work on an operation from now on, in this process. */
    static void useThreads(int threads) {
        // loads the engine, which sets its own number
        manager().close();
        JniUtils.setNumThreads(threads);
    }
}
