package dev.getj.train.distributed;

import dev.getj.io.GetjException;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * How ranks find each other: rank 0 listens, all others connect to it and say who they are. A
 * connection of anybody else is closed.
 */
final class Rendezvous {
    /** Others may have to build getj first, or wait for their machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private static final Duration ATTEMPT = Duration.ofSeconds(3);
    private static final Duration GREETING = Duration.ofSeconds(10);

    /** For a connection to say who it is: others who wait meanwhile hear no sign of life. */
    private static final Duration INTRODUCTION = Duration.ofSeconds(2);

    private static final String MAGIC = "getj-ranks-1";

    /**
     * Where rank 0 listens.
     *
     * @param hosts names or addresses of its machine, the first that answers is taken
     * @param job a secret of the ranks, by which connections of other programs are recognised
     */
    record Address(List<String> hosts, int port, String job) {
        @Override
        public String toString() {
            return String.join(" or ", hosts) + ":" + port;
        }
    }

    private final Rank rank;

    Rendezvous(Rank rank) {
        this.rank = rank;
    }

    /**
     * Listens at a port.
     *
     * @param port 0 for one that is free
     * @throws GetjException if it is in use
     */
    static ServerSocket listen(int port) {
        try {
            ServerSocket server = new ServerSocket();
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(port), 1024);
            return server;
        } catch (IOException inUse) {
            throw new GetjException(
                    "port %s cannot be opened for the other processes (%s); set MASTER_PORT to one that is free"
                            .formatted(port, inUse.getMessage()),
                    inUse);
        }
    }

    /**
     * Rank 0: waits for all others.
     *
     * @throws GetjException naming those that did not come
     */
    Hub gather(ServerSocket server, String job) {
        Map<Integer, Link> links = new TreeMap<>();
        long end = System.nanoTime() + PATIENCE.toNanos();
        try (server) {
            while (links.size() < rank.size() - 1) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    links.values().forEach(Link::close);
                    throw missing(links, server.getLocalPort());
                }
                server.setSoTimeout((int) Math.min(left, Hub.BEAT_MILLISECONDS));
                acceptOne(server, job, links);
                // those that are there already take silence for a rank that was stopped
                links.values().forEach(Hub::beat);
            }
            return new Hub(rank, List.copyOf(links.values()), Hub.PATIENCE);
        } catch (IOException e) {
            links.values().forEach(Link::close);
            throw new GetjException("the other processes cannot connect: " + e.getMessage(), e);
        }
    }

    private void acceptOne(ServerSocket server, String job, Map<Integer, Link> links)
            throws IOException {
        try {
            accept(server, job, links);
        } catch (SocketTimeoutException none) {
            // not yet
        }
    }

    private void accept(ServerSocket server, String job, Map<Integer, Link> links)
            throws IOException {
        Socket socket = server.accept();
        try {
            socket.setSoTimeout(Math.toIntExact(INTRODUCTION.toMillis()));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            if (!in.readUTF().equals(MAGIC) || !in.readUTF().equals(job)) {
                socket.close();
                return;
            }
            int number = in.readInt();
            int size = in.readInt();
            String description = in.readUTF();
            if (size != rank.size() || number < 1 || number >= size || links.containsKey(number)) {
                socket.close();
                return;
            }
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeUTF(MAGIC);
            out.writeUTF(rank.describe());
            out.flush();
            links.put(number, new Link(socket, in, number, description));
        } catch (IOException stranger) {
            socket.close();
        }
    }

    private GetjException missing(Map<Integer, Link> links, int port) {
        StringJoiner absent = new StringJoiner(", ");
        for (int r = 1; r < rank.size(); r++) {
            if (!links.containsKey(r)) {
                absent.add(Integer.toString(r));
            }
        }
        return new GetjException(
                "of %s processes rank %s did not connect to %s:%s within %s seconds; look whether they were started, and whether the port is open between the machines"
                        .formatted(rank.size(), absent, Rank.host(), port, PATIENCE.toSeconds()));
    }

    /**
     * Another rank than 0: connects.
     *
     * @throws GetjException if rank 0 is not there
     */
    Hub join(Address address) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        List<String> problems = new ArrayList<>();
        while (System.nanoTime() < end) {
            problems.clear();
            for (String host : address.hosts()) {
                try {
                    return new Hub(rank, List.of(connect(host, address)), Hub.PATIENCE);
                } catch (IOException notYet) {
                    problems.add(host + ": " + notYet.getMessage());
                }
            }
            pause();
        }
        throw new GetjException(
                "rank 0 does not answer at %s (%s); look whether it was started, and whether the port is open between the machines"
                        .formatted(address, String.join("; ", problems)));
    }

    private Link connect(String host, Address address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(
                    new InetSocketAddress(host, address.port()),
                    Math.toIntExact(ATTEMPT.toMillis()));
            socket.setSoTimeout(Math.toIntExact(GREETING.toMillis()));
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeUTF(MAGIC);
            out.writeUTF(address.job());
            out.writeInt(rank.number());
            out.writeInt(rank.size());
            out.writeUTF(rank.describe());
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            if (!in.readUTF().equals(MAGIC)) {
                throw new IOException("another program listens there");
            }
            return new Link(socket, in, 0, in.readUTF());
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e instanceof IOException io ? io : new IOException(e.toString(), e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            throw new RankException("interrupted while waiting for rank 0", false);
        }
    }
}
