package uk.ac.manchester.tornado.api.runtime;

import uk.ac.manchester.tornado.api.Stub;
import uk.ac.manchester.tornado.api.TornadoRuntime;

/** The way to the installed backends. Signatures only. */
public class TornadoRuntimeProvider {
    private TornadoRuntimeProvider() {}

    /** The runtime of the SDK. */
    public static TornadoRuntime getTornadoRuntime() {
        throw Stub.needsSdk();
    }

    /** Sets one of TornadoVM's properties. */
    public static void setProperty(String key, String value) {
        throw Stub.needsSdk();
    }

    /** One of TornadoVM's properties, or {@code null}. */
    public static String getProperty(String key) {
        throw Stub.needsSdk();
    }
}
