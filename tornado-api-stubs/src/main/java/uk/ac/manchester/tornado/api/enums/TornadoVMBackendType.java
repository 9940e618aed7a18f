package uk.ac.manchester.tornado.api.enums;

/** What a backend drives its devices with. */
public enum TornadoVMBackendType {
    OPENCL,
    METAL,
    PTX,
    CUDA,
    SPIRV,
    JAVA,
    VIRTUAL
}
