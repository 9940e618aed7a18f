package dev.getj.train.distributed;

import dev.getj.io.GetjException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which of several processes this one is, as the program says that started them.
 *
 * @param number 0…size−1; rank 0 writes the files
 * @param size processes in all
 * @param local number among the processes of this machine
 * @param localSize processes of this machine
 * @param starter whose variables told
 */
public record Rank(int number, int size, int local, int localSize, Starter starter) {
    /** Programs that start processes, by the variables that they set. */
    public enum Starter {
        MPIRUN(
                "mpirun",
                "OMPI_COMM_WORLD_RANK",
                "OMPI_COMM_WORLD_SIZE",
                "OMPI_COMM_WORLD_LOCAL_RANK",
                "OMPI_COMM_WORLD_LOCAL_SIZE"),
        /** Also what {@code getj --processes} sets. */
        TORCHRUN("torchrun", "RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"),
        /** A batch script has SLURM_PROCID, too, but only steps of srun have a number of tasks. */
        SRUN(
                "srun",
                "SLURM_PROCID",
                "SLURM_STEP_NUM_TASKS",
                "SLURM_LOCALID",
                "SLURM_NTASKS_PER_NODE");

        private final String program;
        private final String number;
        private final String size;
        private final String local;
        private final String localSize;

        Starter(String program, String number, String size, String local, String localSize) {
            this.program = program;
            this.number = number;
            this.size = size;
            this.local = local;
            this.localSize = localSize;
        }

        /** Its name on the command line. */
        public String program() {
            return program;
        }
    }

    /**
     * @throws IllegalArgumentException if a number is out of range
     */
    public Rank {
        if (size < 1 || number < 0 || number >= size || local < 0 || localSize < 1) {
            throw new IllegalArgumentException(
                    "rank %s of %s, %s of %s on its machine, cannot be"
                            .formatted(number, size, local, localSize));
        }
    }

    /** The rank that the environment of this process tells; none for a process on its own. */
    public static Optional<Rank> ofEnvironment() {
        return of(System.getenv());
    }

    /**
     * @param environment variables by name
     * @return none if no starter's variables are there, or they tell of one process
     * @throws GetjException if a variable holds no number, or one that cannot be
     */
    public static Optional<Rank> of(Map<String, String> environment) {
        for (Starter starter : List.of(Starter.MPIRUN, Starter.TORCHRUN, Starter.SRUN)) {
            if (environment.containsKey(starter.number) && environment.containsKey(starter.size)) {
                Rank rank = read(environment, starter);
                if (rank.size > 1) {
                    return Optional.of(rank);
                }
            }
        }
        return Optional.empty();
    }

    private static Rank read(Map<String, String> environment, Starter starter) {
        int number = number(environment, starter.number, 0);
        int size = number(environment, starter.size, 1);
        int local = number(environment, starter.local, 0);
        try {
            return new Rank(
                    number,
                    size,
                    local,
                    Math.max(local + 1, number(environment, starter.localSize, 1)),
                    starter);
        } catch (IllegalArgumentException impossible) {
            throw new GetjException(
                    "%s and %s of %s do not fit: %s"
                            .formatted(
                                    starter.number,
                                    starter.size,
                                    starter.program,
                                    impossible.getMessage()));
        }
    }

    private static int number(Map<String, String> environment, String name, int absent) {
        String text = environment.get(name);
        try {
            return text == null ? absent : Integer.parseInt(text.strip());
        } catch (NumberFormatException _) {
            throw new GetjException("%s is '%s', a number is expected".formatted(name, text));
        }
    }

    /** True for the one that writes files and speaks for all. */
    public boolean first() {
        return number == 0;
    }

    /** This process for messages of the others: rank, process and machine. */
    String describe() {
        return "rank %s (process %s on %s)"
                .formatted(number, ProcessHandle.current().pid(), host());
    }

    static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException _) {
            return "this machine";
        }
    }
}
