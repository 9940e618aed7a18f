package dev.getj.kernels.tornado.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorCoresTest {
    @ParameterizedTest
    @CsvSource({
        "CUDA 9.0, true",
        "CUDA 8.0, true",
        "CUDA 12.0, true",
        "CUDA 7.5, false",
        "OpenCL 3.0 PoCL, false",
        "unknown, false"
    })
    void fromAmpereOn(String version, boolean there) {
        String information =
                "Freq=1.98 GHz, max compute units=132\nDevice vendor    : NVIDIA\n"
                        + "Device version   : "
                        + version
                        + "\nDriver version   : 580.159\n";
        assertEquals(there, TensorCores.in(information));
    }
}
