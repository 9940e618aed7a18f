package dev.getj.cli;

import dev.getj.io.GetjException;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Processes of the same command on this machine, told who they are by the variables of torchrun.
 * Rank 0's output is ours. Signals are handed on; who does not end after rank 0 has is killed.
 */
final class LocalProcesses {
    /** Set for processes that were started here. */
    private static final String JOB = "GETJ_JOB";

    /** The launcher's own path, which it tells. */
    private static final String LAUNCHER = "GETJ_LAUNCHER";

    private static final ProcessBuilder.Redirect NOTHING =
            ProcessBuilder.Redirect.from(new File("/dev/null"));

    /** Exit code by SIGKILL. */
    private static final int KILLED = 128 + 9;

    private static final int POLL_MILLISECONDS = 100;

    /** Seconds in which all end once one has. */
    private static final int GRACE_SECONDS = 5;

    private final int count;
    private final CommonOptions common;

    LocalProcesses(int count, CommonOptions common) {
        this.count = count;
        this.common = common;
    }

    /** True in a process that was started here. */
    static boolean started() {
        return System.getenv(JOB) != null;
    }

    /**
     * Starts all, and waits for their end.
     *
     * @return 0 if all did well
     * @throws GetjException if there are fewer GPUs, or no process can be started
     */
    int run() {
        List<String> devices = common.usesCuda() ? VisibleGpus.first(count) : List.of();
        List<Process> processes = new ArrayList<>();
        try (Interrupt interrupt = new Interrupt()) {
            String job = UUID.randomUUID().toString();
            int port = freePort();
            for (int r = 0; r < count; r++) {
                ProcessBuilder builder =
                        new ProcessBuilder(command())
                                .redirectInput(NOTHING)
                                .redirectError(ProcessBuilder.Redirect.INHERIT);
                builder.redirectOutput(
                        r == 0 ? ProcessBuilder.Redirect.PIPE : ProcessBuilder.Redirect.DISCARD);
                environment(builder.environment(), r, port, job, devices);
                processes.add(builder.start());
            }
            int code = await(processes, interrupt);
            copyOutput(processes.getFirst());
            return code;
        } catch (IOException e) {
            throw new GetjException("no process can be started: " + e.getMessage(), e);
        } finally {
            killRest(processes);
        }
    }

    // of one that was killed, the stream is closed
    private void copyOutput(Process first) throws IOException {
        if (first.exitValue() != KILLED) {
            common.copyOutput(first.getInputStream());
        }
    }

    private void environment(
            Map<String, String> environment, int rank, int port, String job, List<String> devices) {
        environment.put("RANK", Integer.toString(rank));
        environment.put("LOCAL_RANK", Integer.toString(rank));
        environment.put("WORLD_SIZE", Integer.toString(count));
        environment.put("LOCAL_WORLD_SIZE", Integer.toString(count));
        environment.put("MASTER_ADDR", InetAddress.getLoopbackAddress().getHostAddress());
        environment.put("MASTER_PORT", Integer.toString(port));
        environment.put(JOB, job);
        environment.remove("TORCHELASTIC_RUN_ID");
        environment.remove("TORCHELASTIC_USE_AGENT_STORE");
        // descriptors that only this process has
        environment.remove("GETJ_STDERR");
        environment.remove("GETJ_STDOUT");
        if (!devices.isEmpty()) {
            environment.put("CUDA_VISIBLE_DEVICES", devices.get(rank));
        }
    }

    /** This command again: by the launcher, or else as this Java was started. */
    private List<String> command() {
        List<String> command = new ArrayList<>();
        String launcher = System.getenv(LAUNCHER);
        if (launcher == null) {
            command.add(ProcessHandle.current().info().command().orElse("java"));
            command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
            command.add("-cp");
            command.add(System.getProperty("java.class.path"));
            command.add(Main.class.getName());
        } else {
            command.add(launcher);
        }
        command.addAll(common.commandLine());
        // a core for everyone: they would take all of them otherwise, each
        if (!common.threadsGiven()) {
            command.add("--threads");
            command.add(Integer.toString(Math.max(1, common.threads() / count)));
        }
        return command;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int await(List<Process> processes, Interrupt interrupt) {
        boolean asked = false;
        long end = Long.MAX_VALUE;
        try {
            while (processes.stream().anyMatch(Process::isAlive)) {
                Thread.sleep(POLL_MILLISECONDS);
                if (interrupt.requested() && !asked) {
                    processes.forEach(Process::destroy);
                    asked = true;
                }
                if (end == Long.MAX_VALUE && endsAll(processes)) {
                    end = System.nanoTime() + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
                }
                if (end != Long.MAX_VALUE && System.nanoTime() > end) {
                    killRest(processes);
                }
            }
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            return Errors.FAILED;
        }
        return code(processes.stream().map(Process::exitValue).toList(), interrupt.requested());
    }

    // one that has ended would lose its output
    private static void killRest(List<Process> processes) {
        processes.stream().filter(Process::isAlive).forEach(Process::destroyForcibly);
    }

    /** Rank 0 ends last, but for a moment; the others after it, unless they were killed. */
    private static boolean endsAll(List<Process> processes) {
        return !processes.getFirst().isAlive()
                || processes.stream()
                        .filter(process -> !process.isAlive())
                        .anyMatch(process -> isFailure(process.exitValue()));
    }

    /** An exit code of getj's own: it has said why. Those of signals begin at 128. */
    private static boolean isFailure(int code) {
        return code > 0 && code < 128;
    }

    private static int code(List<Integer> codes, boolean asked) {
        if (codes.contains(Errors.WRONG_USAGE)) {
            return Errors.WRONG_USAGE;
        }
        if (codes.stream().anyMatch(LocalProcesses::isFailure)) {
            return Errors.FAILED;
        }
        if (codes.getFirst() != 0 && !asked) {
            throw new GetjException(
                    "all of the processes were killed; what was saved is resumed by --resume");
        }
        return 0;
    }
}
