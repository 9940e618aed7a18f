package uk.ac.manchester.tornado.runtime.common;

import uk.ac.manchester.tornado.api.common.TornadoDevice;

/** A device that is not the host. */
public interface TornadoXPUDevice extends TornadoDevice {}
