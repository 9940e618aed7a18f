package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.io.GetjException;
import dev.getj.kernels.DeviceException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import uk.ac.manchester.tornado.api.exceptions.TornadoInternalError;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;

class ErrorsTest {
    /** Throws what it was made with. */
    @Command(name = "break", description = "Fails.")
    private static final class Break implements Callable<Integer> {
        private final Throwable problem;

        @Mixin private CommonOptions common;

        Break(Throwable problem) {
            this.problem = problem;
        }

        @Override
        public Integer call() throws Exception {
            common.backend().close();
            switch (problem) {
                case Exception exception -> throw exception;
                case Error error -> throw error;
                default -> throw new AssertionError(problem);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    qqqq               | unknown command qqqq                  | try: getj --help
                    devcies            | unknown command devcies; did you mean devices? | try: getj --help
                    devices --bogus    | unknown option --bogus                | try: getj devices --help
                    devices extra      | unknown argument extra                | try: getj devices --help
                    devices --threads  | Missing required parameter for option '--threads' (N) | try: getj devices --help
                    devices --threads x | --threads x: a whole number from 1 to 4096 is needed | try: getj devices --help
                    devices --threads 0 | --threads 0: a whole number from 1 to 4096 is needed | try: getj devices --help
                    devices --device tpu | Invalid value for option '--device': 'tpu' is not jvm, opencl[:i], ptx[:i], cuda[:i] or auto | try: getj devices --help
                    devices --device jvm:1 | Invalid value for option '--device': 'jvm:1' is not jvm, opencl[:i], ptx[:i], cuda[:i] or auto | try: getj devices --help
                    devices --device cuda:-1 | Invalid value for option '--device': 'cuda:-1' is not jvm, opencl[:i], ptx[:i], cuda[:i] or auto | try: getj devices --help
                    """)
    void wrongUsageIsOneLineAndTheWayToTheHelp(String line, String message, String help) {
        Run run = Run.getj(line.split(" "));
        assertEquals("getj: " + message + "\n" + help + "\n", lines(run.err()));
        assertEquals(2, run.code());
        assertEquals("", run.out());
    }

    @Test
    void wrongUsageShowsTheStackOnlyWhenAsked() {
        Run run = Run.getj("devices", "--threads", "0", "--stacktrace");
        assertEquals(2, run.code());
        assertTrue(run.err().contains("at dev.getj.cli.Ranges.check"), run.err());
    }

    @Test
    void whatTheUserCanPutRightIsOneLine() {
        expect(1, "weights.bin is truncated", new GetjException("weights.bin is truncated"));
        expect(2, "--patch 3 does not divide 16", illegal("--patch 3 does not divide 16"));
        expect(1, "a.npz: no such file or folder", new NoSuchFileException("a.npz"));
        expect(1, "a.npz: permission denied", new AccessDeniedException("a.npz"));
        expect(1, "a (No such file)", new FileNotFoundException("a (No such file)"));
        expect(1, "two lines", new GetjException("two\nlines"));
    }

    @Test
    void aFullDiskIsNamed() {
        String advice = "no space left on the disk: free some or choose another folder";
        expect(1, advice, new IOException("No space left on device"));
        expect(
                1,
                "out.png: " + advice,
                new FileSystemException("out.png", null, "No space left on device"));
    }

    /** As a command that trains. */
    @Command(name = "hungry", description = "Needs too much.")
    private static final class Hungry implements Callable<Integer> {
        @Option(names = "--batch")
        private int batch;

        @Option(names = "--recompute")
        private boolean recompute;

        @Option(names = "--resume")
        private boolean resume;

        @Override
        public Integer call() {
            throw new OutOfMemoryError("Java heap space");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    hungry             | lower --batch, train with --recompute, or raise
                    hungry --recompute | lower --batch, or raise
                    hungry --resume    | raise
                    """)
    void exhaustedMemorySaysWhatOfTheCommandToLower(String line, String advice) {
        Run run = Run.with(new Hungry(), line.split(" "));
        assertEquals(1, run.code());
        assertEquals(1, run.errorLines());
        assertTrue(run.err().startsWith("getj: out of memory (Java was given "), run.err());
        assertTrue(
                run.err().contains("): " + advice + " the limit with GETJ_JAVA_OPTS=-Xmx"),
                run.err());
    }

    @Test
    void aDevicesFailureIsOneLine() {
        expect(
                1,
                "the device's memory is exhausted: lower --batch or --count, or train with"
                        + " --recompute",
                new TornadoOutOfMemoryException("Unable to allocate 7 bytes"));
        expect(
                1,
                "the device failed, TornadoInternalError: no such node; 'getj doctor --device …'"
                        + " tests its kernels one by one",
                new TornadoInternalError("no such node"));
        expect(1, "no such device", new DeviceException("no such device"));
    }

    @Test
    void aDevicesFailureIsToldWithItsFirstCauseButWithoutStackTraces() {
        Throwable cause = new IllegalStateException("CL_BUILD_PROGRAM_FAILURE");
        String frames =
                "[uk.ac.manchester.tornado.drivers.opencl.OCLProgram.build(OCLProgram.java:107),"
                        + " java.base/java.lang.Thread.run(Thread.java:1583)]";
        expect(
                1,
                "the device failed, IllegalStateException: Unable to compile program0.add3:"
                        + " CL_BUILD_PROGRAM_FAILURE; 'getj doctor --device …' tests its kernels"
                        + " one by one",
                new TornadoInternalError(
                        "Unable to compile program0.add3\nThe internal error is: x\nStacktrace: "
                                + frames,
                        cause));
        String told = "Unable to compile program0.add3; 'getj doctor --device …' tests its kernels";
        expect(
                1,
                "the device failed, TornadoInternalError: " + told + " one by one",
                new TornadoInternalError(
                        "\u001B[31m[Internal Error] Unable to compile program0.add3 " + frames));
        expect(
                1,
                "the device failed, TornadoInternalError: it does not say why; 'getj doctor"
                        + " --device …' tests its kernels one by one",
                new TornadoInternalError(null));
    }

    @Test
    void ourOwnMistakesAskForAReport() {
        Run run = Run.with(new Break(new IllegalStateException("no program")), "break");
        assertEquals(1, run.code());
        assertEquals(
                "getj: unexpected IllegalStateException: no program; please report it with what"
                        + " --stacktrace prints\n",
                lines(run.err()));
    }

    @Test
    void theStackTraceFollowsTheLineWhenAsked() {
        Run run = Run.with(new Break(new GetjException("bad file")), "break", "--stacktrace");
        assertEquals(1, run.code());
        assertTrue(lines(run.err()).startsWith("getj: bad file\n"), run.err());
        assertTrue(run.err().contains("at dev.getj.cli.ErrorsTest"), run.err());
    }

    @Test
    void withoutTornadoVmThereIsNoGpuAndAutoSaysWhatItChose() {
        Run gpu = Run.with(new Break(illegal("reached")), "break", "--device", "ptx:1");
        assertEquals(1, gpu.code());
        assertEquals(
                "getj: --device ptx:1: Java was started without TornadoVM; start it through the"
                        + " getj script, which finds the SDK\n",
                lines(gpu.err()));
        Run auto = Run.with(new Break(illegal("reached")), "break", "--device", "auto");
        assertEquals(
                "getj: device jvm chosen: TornadoVM is not loaded, 'getj doctor' tells why\n"
                        + "getj: reached\n",
                lines(auto.err()));
        Run quiet = Run.with(new Break(illegal("reached")), "break", "--device=auto", "--quiet");
        assertFalse(quiet.err().contains("chosen"), quiet.err());
    }

    private static void expect(int code, String message, Throwable problem) {
        Run run = Run.with(new Break(problem), "break");
        assertEquals("getj: " + message + "\n", lines(run.err()));
        assertEquals(code, run.code());
        assertEquals("", run.out());
    }

    private static IllegalArgumentException illegal(String message) {
        return new IllegalArgumentException(message);
    }

    private static String lines(String text) {
        return text.replace("\r\n", "\n");
    }
}
