package dev.getj.train.distributed;

import dev.getj.io.GetjException;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Brings the ranks of a run together: addresses, connections, collectives, and what must agree. */
public final class RankStart {
    /** What sums gradients. */
    public enum Choice {
        /** NCCL between NVIDIA's GPUs, else MPI under mpirun, else sockets. */
        AUTO,
        MPI,
        NCCL,
        SOCKETS
    }

    private static final String ADDRESS = "MASTER_ADDR";
    private static final String PORT = "MASTER_PORT";
    private static final int SLURM_PORTS = 20_000;
    private static final Pattern FIRST_NODE =
            Pattern.compile("(?<prefix>[^,\\[]+)(\\[(?<number>[0-9]+)[^]]*](?<suffix>[^,]*))?.*");

    private final Rank rank;
    private final Map<String, String> environment;

    private RankStart(Rank rank, Map<String, String> environment) {
        this.rank = rank;
        this.environment = environment;
    }

    /**
     * The ranks that this process belongs to by its environment: alone, if it tells of no others.
     *
     * @param gpus whether each computes on an NVIDIA GPU
     * @throws GetjException if others do not come, or a library is missing
     */
    public static Ranks ofEnvironment(Choice choice, boolean gpus) {
        Choice chosen = choice == Choice.AUTO && gpus ? Choice.NCCL : choice;
        return Rank.ofEnvironment()
                .map(rank -> new RankStart(rank, System.getenv()).open(chosen))
                .orElseGet(Ranks::alone);
    }

    private Ranks open(Choice choice) {
        NativeThread thread = new NativeThread();
        boolean byMpi =
                choice == Choice.MPI
                        || rank.starter() == Rank.Starter.MPIRUN
                                && !environment.containsKey(ADDRESS);
        if (byMpi) {
            Mpi library = thread.call(() -> new Mpi(rank));
            Hub hub = meetBy(library, thread);
            return switch (choice) {
                case AUTO, MPI -> new Together(rank, hub, thread, library);
                case NCCL -> byNccl(hub, thread);
                case SOCKETS -> new Together(rank, hub, thread, new Sockets(hub, rank));
            };
        }
        Hub hub = meet(address());
        return choice == Choice.NCCL
                ? byNccl(hub, thread)
                : new Together(rank, hub, thread, new Sockets(hub, rank));
    }

    private Together byNccl(Hub hub, NativeThread thread) {
        // NCCL waits for ever for one that does not come
        Nccl nccl = hub.telling(() -> thread.call(() -> Nccl.join(rank, hub), hub::requireAll));
        return new Together(rank, hub, thread, nccl);
    }

    private Hub meetBy(Mpi library, NativeThread thread) {
        if (!rank.first()) {
            String[] told = thread.call(() -> library.fromFirst("")).split(" ");
            return new Rendezvous(rank)
                    .join(
                            new Rendezvous.Address(
                                    List.of(Arrays.copyOfRange(told, 2, told.length)),
                                    Integer.parseInt(told[0]),
                                    told[1]));
        }
        ServerSocket server = Rendezvous.listen(0);
        String job = UUID.randomUUID().toString();
        String told = server.getLocalPort() + " " + job + " " + String.join(" ", ownAddresses());
        thread.call(() -> library.fromFirst(told));
        return new Rendezvous(rank).gather(server, job);
    }

    private Hub meet(Rendezvous.Address address) {
        Rendezvous rendezvous = new Rendezvous(rank);
        return rank.first()
                ? rendezvous.gather(Rendezvous.listen(address.port()), address.job())
                : rendezvous.join(address);
    }

    /** Where others may reach this machine; the loopback address where all are on it. */
    private List<String> ownAddresses() {
        if (rank.size() == rank.localSize()) {
            return List.of(InetAddress.getLoopbackAddress().getHostAddress());
        }
        Set<String> addresses = new LinkedHashSet<>();
        addresses.add(Rank.host());
        try {
            NetworkInterface.networkInterfaces()
                    .filter(RankStart::isUsable)
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(each -> !each.isLinkLocalAddress())
                    .forEach(each -> addresses.add(each.getHostAddress()));
        } catch (SocketException none) {
            // the name may do
        }
        return new ArrayList<>(addresses).subList(0, Math.min(addresses.size(), 12));
    }

    private static boolean isUsable(NetworkInterface each) {
        try {
            return each.isUp() && !each.isLoopback();
        } catch (SocketException none) {
            return false;
        }
    }

    private Rendezvous.Address address() {
        String host = environment.getOrDefault(ADDRESS, slurmHost());
        if (host.isEmpty()) {
            throw new GetjException(
                    "%s tells rank %s of %s, but not where rank 0 is: set MASTER_ADDR and MASTER_PORT to its machine and a free port"
                            .formatted(rank.starter().program(), rank.number(), rank.size()));
        }
        String job =
                environment.getOrDefault(
                        "TORCHELASTIC_RUN_ID",
                        environment.getOrDefault(
                                "SLURM_JOB_ID", environment.getOrDefault("GETJ_JOB", "none")));
        return new Rendezvous.Address(List.of(host), port(), job);
    }

    // the first of node[01-04,07],other
    private String slurmHost() {
        Matcher nodes = FIRST_NODE.matcher(environment.getOrDefault("SLURM_STEP_NODELIST", ""));
        if (!nodes.matches()) {
            return "";
        }
        String number = nodes.group("number");
        return number == null
                ? nodes.group("prefix")
                : nodes.group("prefix") + number + nodes.group("suffix");
    }

    private int port() {
        String text = environment.get(PORT);
        try {
            if (text != null) {
                int port = Integer.parseInt(text.strip());
                // torchrun itself listens at the port that it tells
                return "True".equals(environment.get("TORCHELASTIC_USE_AGENT_STORE"))
                        ? port + 1
                        : port;
            }
            return 20_000
                    + Math.floorMod(
                            Integer.parseInt(environment.getOrDefault("SLURM_JOB_ID", "0")),
                            SLURM_PORTS);
        } catch (NumberFormatException _) {
            String name = text == null ? "SLURM_JOB_ID" : PORT;
            throw new GetjException(
                    "%s is '%s', a number is expected".formatted(name, environment.get(name)));
        }
    }
}
