package dev.getj.cli;

import dev.getj.train.distributed.Rank;
import dev.getj.train.distributed.RankStart;
import dev.getj.train.distributed.Ranks;

import picocli.CommandLine.Option;

import java.util.function.ToIntFunction;

/** Several processes for one command: started here, or by mpirun, srun or torchrun. */
final class ProcessOptions {
    static final String PROCESSES = "--processes";
    static final String COLLECTIVES = "--collectives";

    @Option(
            names = PROCESSES,
            paramLabel = "N",
            description =
                    "Start N processes on this machine, with --device cuda one a GPU (default: what"
                            + " mpirun, srun or torchrun started).")
    private Integer processes;

    @Option(
            names = COLLECTIVES,
            paramLabel = "auto|mpi|nccl|sockets",
            defaultValue = "auto",
            description =
                    "How several processes exchange data (default: NCCL with --device"
                            + " cuda, else MPI under mpirun, else sockets).")
    private RankStart.Choice collectives;

    /**
     * Does the work of this process, or starts others that do it.
     *
     * @param work of a process among others, or alone
     * @return exit code
     */
    int run(CommonOptions common, ToIntFunction<Ranks> work) {
        boolean several = processes != null && processes > 1;
        if (several && !LocalProcesses.started()) {
            Rank.ofEnvironment()
                    .ifPresent(
                            rank -> {
                                throw common.wrongUsage(
                                        "%s %s: %s has started %s processes already"
                                                .formatted(
                                                        PROCESSES,
                                                        processes,
                                                        rank.starter().program(),
                                                        rank.size()));
                            });
            return new LocalProcesses(processes, common).run();
        }
        Ranks ranks = RankStart.ofEnvironment(collectives, common.usesCuda());
        if (ranks.size() == 1) {
            return work.applyAsInt(ranks);
        }
        if (!ranks.first()) {
            common.beSilent();
        }
        // a process that was asked to end leaves with the others all the same
        try (Interrupt _ = new Interrupt()) {
            return ranks.during(() -> work.applyAsInt(ranks));
        }
    }
}
