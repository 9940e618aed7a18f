package uk.ac.manchester.tornado.runtime.library.spi;

/** A device whose stream libraries may use. */
public interface TornadoNativeStreamSupport {
    /** The stream that kernels of the plan run in. */
    long getNativeStream(long executionPlanId);

    /** The context that its memory belongs to. */
    long getNativeContext(long executionPlanId);
}
