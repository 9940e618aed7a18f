package dev.getj.kernels.tornado.runtime;

import java.util.ArrayList;
import java.util.List;

/** Cuts the tasks of a program into graphs that TornadoVM takes. */
final class Graphs {
    /** Tasks of a graph: TornadoVM's limit is 256. */
    private static final int MOST_TASKS = 200;

    /** Of the 8192 bytes in which TornadoVM 5.2 writes down what a graph does. */
    private static final int MOST_BYTES = 8000;

    /** Bytes of a task without its arguments, and of an argument. */
    private static final int TASK = 15;

    private static final int ARGUMENT = 5;

    /** Arguments of a kernel beside tensors and constants: context, offsets, row, place, column, scratch, integers. */
    private static final int OTHERS = 7;

    private Graphs() {}

    /** The tasks in order, as few graphs as hold them. */
    static List<List<DeviceTask>> cut(List<DeviceTask> tasks) {
        List<List<DeviceTask>> graphs = new ArrayList<>();
        int first = 0;
        int bytes = 0;
        for (int i = 0; i < tasks.size(); i++) {
            int more = bytes(tasks.get(i));
            if (bytes + more > MOST_BYTES || i - first == MOST_TASKS) {
                graphs.add(tasks.subList(first, i));
                first = i;
                bytes = 0;
            }
            bytes += more;
        }
        if (first < tasks.size()) {
            graphs.add(tasks.subList(first, tasks.size()));
        }
        return graphs;
    }

    private static int bytes(DeviceTask task) {
        int arguments = task.arguments().arrays().size() + task.constants().size() + OTHERS;
        return TASK + ARGUMENT * arguments;
    }
}
