package dev.getj.kernels.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistersTest {
    @ParameterizedTest
    @CsvSource({
        "amd64, 16, 32",
        "x86_64, 16, 32",
        "amd64, 8, 16",
        "amd64, 4, 16",
        "aarch64, 4, 32",
        "AArch64, 8, 32",
        "unheard-of, 4, 16"
    })
    void areAsManyAsTheProcessorHas(String architecture, int lanes, int registers) {
        assertEquals(registers, Registers.count(architecture, lanes));
    }
}
