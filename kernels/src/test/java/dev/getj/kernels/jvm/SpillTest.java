package dev.getj.kernels.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.getj.kernels.jvm.MachineCode.Instruction;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * No inner loop of a product keeps vectors on the stack: read from the machine code that Java's
 * optimising compiler makes of the register tiles in another process, on several vector widths.
 * Time would not tell, as newer processors hide what it costs.
 */
class SpillTest {
    private static final int REPETITIONS = 30_000;
    private static final int DEPTH = 64;

    /** Whole tiles of any height. */
    private static final int ROWS = 12;

    /** Of a loop that multiplies, rather than one that only handles what is left over. */
    private static final int MULTIPLY_ADDS = 8;

    @TempDir Path folder;

    /** The other process: every tile with all layouts of its operands, until it is compiled. */
    public static void main(String[] none) {
        float[] memory = new float[1 << 16];
        float[] tile = new float[1024];
        RowMajor rows = new RowMajor(memory, 0, Gemm.TILE_ROWS, DEPTH);
        Strips strips = new Strips(memory, Gemm.TILE_ROWS, DEPTH);
        int row = StridedGemm.ROW;
        Matrix b = new Matrix(memory, 0, row, 1);
        Matrix c = new Matrix(memory, 1 << 15, row, 1);
        Matrix other = new Matrix(memory, 0, 7, 3);
        for (int i = 0; i < REPETITIONS; i++) {
            boolean add = i % 2 == 1;
            rows.multiply(0, memory, 0, DEPTH, tile);
            strips.multiply(0, memory, 0, DEPTH, tile);
            StridedGemm.multiply(b, b, c, ROWS, DEPTH, StridedGemm.COLUMNS + 1, add);
            StridedGemm.multiply(b.transposed(), b, c, ROWS, DEPTH, StridedGemm.COLUMNS + 1, add);
            StridedGemm.multiply(other, b, c, ROWS, DEPTH, StridedGemm.COLUMNS, add);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:UseAVX=3", "-XX:UseAVX=2", "-XX:MaxVectorSize=16"})
    void keepsSumsInRegisters(String flag) throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "reads x86-64");
        assumeTrue(MachineCode.readable(), "objdump, of binutils, is not installed");
        List<String> loops = new ArrayList<>();
        for (MachineCode code : compile(flag)) {
            for (List<Instruction> loop : code.innermostLoops()) {
                if (loop.stream().filter(Instruction::multipliesAndAdds).count() >= MULTIPLY_ADDS) {
                    loops.add(code.method());
                    assertFalse(
                            loop.stream().anyMatch(Instruction::spills),
                            () -> code.method() + " with " + flag + " " + loop);
                }
            }
        }
        // of the packed product and of attention, with two layouts each, and of any other
        assertTrue(
                loops.stream().filter(tile -> tile.contains("Rows")).count() >= 2, loops::toString);
        assertTrue(
                loops.stream().filter(tile -> tile.contains("Tile")).count() >= 3, loops::toString);
    }

    private List<MachineCode> compile(String flag) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                flag,
                                "--add-modules",
                                "jdk.incubator.vector",
                                "-Xbatch",
                                "-XX:+UnlockDiagnosticVMOptions",
                                "-XX:CompileCommand=quiet",
                                "-XX:CompileCommand=print,*Rows::multiply",
                                "-XX:CompileCommand=print,*Tile::*",
                                "-cp",
                                System.getProperty("java.class.path"),
                                SpillTest.class.getName())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return MachineCode.parse(output.lines().toList(), folder);
    }

    @Test
    void seesALoopThatSpills() throws IOException, InterruptedException {
        assumeTrue(MachineCode.readable(), "objdump, of binutils, is not installed");
        // vfmadd231ps ymm0, ymm1, ymm2; vmovups [rsp + 32], ymm0; jl to the first
        String text =
                """
                Compiled method (c2) 900   15       4       dev.getj.Some::tile (7 bytes)
                [MachCode]
                  0x00007f00: c4e2 75b8 | c2c5 fc11\s
                  0x00007f08: ;   {other}
                  0x00007f08: 4424 207c | f3
                [/MachCode]
                """;
        List<MachineCode> methods = MachineCode.parse(text.lines().toList(), folder);
        assertEquals("Some::tile", methods.getFirst().method());
        List<Instruction> loop = methods.getFirst().innermostLoops().getFirst();
        assertEquals(
                List.of(true, false, false),
                loop.stream().map(Instruction::multipliesAndAdds).toList());
        assertEquals(List.of(false, true, false), loop.stream().map(Instruction::spills).toList());
    }
}
