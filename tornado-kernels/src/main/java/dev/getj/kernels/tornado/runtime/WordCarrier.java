package dev.getj.kernels.tornado.runtime;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

import java.util.function.IntConsumer;

/** A host array of words that goes to the device and back, and the graphs that take it there. */
final class WordCarrier {
    /** Words that are moved at once. */
    static final int SIZE = 1 << 16;

    /** Name of the task in each graph. */
    static final String COPY = "copy";

    private final LongArray words = HostArrays.words(SIZE);
    private final IntArray range = HostArrays.ints(2);
    private final int[] send;
    private final int[] fetch;

    /**
     * @param arrays how many arrays of words there are on the device
     */
    WordCarrier(int arrays) {
        send = new int[arrays];
        fetch = new int[arrays];
    }

    /** Adds what sends these words to an array. */
    void send(TaskGraph graph, KernelContext context, LongArray to) {
        graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, range, words)
                .task(COPY, Residence::copySentWords, context, range, words, to);
    }

    /** Adds what fetches words of an array. */
    void fetch(TaskGraph graph, KernelContext context, LongArray from) {
        graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, range)
                .task(COPY, Residence::copyFetchedWords, context, range, from, words)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, words);
    }

    /** Says which graph sends to array {@code array}. */
    void sending(int array, int graph) {
        send[array] = graph;
    }

    /** Says which graph fetches from array {@code array}. */
    void fetching(int array, int graph) {
        fetch[array] = graph;
    }

    void write(int array, int at, long[] source, IntConsumer run) {
        for (int done = 0; done < source.length; done += SIZE) {
            int part = Math.min(SIZE, source.length - done);
            for (int i = 0; i < part; i++) {
                words.set(i, source[done + i]);
            }
            range(at + done, part);
            run.accept(send[array]);
        }
    }

    long[] read(int array, int at, int count, IntConsumer run) {
        long[] target = new long[count];
        for (int done = 0; done < count; done += SIZE) {
            int part = Math.min(SIZE, count - done);
            range(at + done, part);
            run.accept(fetch[array]);
            for (int i = 0; i < part; i++) {
                target[done + i] = words.get(i);
            }
        }
        return target;
    }

    private void range(int at, int count) {
        range.set(0, at);
        range.set(1, count);
    }
}
