package uk.ac.manchester.tornado.api;

/** What is said where the API needs TornadoVM itself. */
public final class Stub {
    private Stub() {}

    /** The exception for a call that only a TornadoVM SDK can answer. */
    public static IllegalStateException needsSdk() {
        return new IllegalStateException(
                "this is a stub of TornadoVM's API: run with a TornadoVM SDK (TORNADOVM_HOME)");
    }
}
