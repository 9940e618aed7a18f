package dev.getj.kernels.tornado.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.ArrayList;
import java.util.List;

class SitesTest {
    // offsets of two programs of two tasks, which have two tensors each
    private static final List<Integer> TABLE = List.of(10, 20, 30, 40, 50, 60, 70, 80);
    private static final List<Integer> STARTS = List.of(0, 4);
    private static final int TENSORS = 2;

    private final IntArray row = new IntArray(1);
    private final Graph graph = new Graph();
    private final Sites sites = new Sites(new KernelContext(), TABLE, row, _ -> null, _ -> null);

    /** What is sent along with a graph. */
    private static final class Graph extends TaskGraph {
        private final List<Object> sentOnce = new ArrayList<>();

        Graph() {
            super("graph");
        }

        @Override
        public TaskGraph transferToDevice(int mode, Object... objects) {
            assertEquals(DataTransferMode.FIRST_EXECUTION, mode);
            sentOnce.addAll(List.of(objects));
            return this;
        }
    }

    private List<DeviceTask.Site> sites(boolean captured) {
        return List.of(sites.of(graph, captured, 0), sites.of(graph, captured, TENSORS));
    }

    /** The offsets that kernels find in all programs. */
    private List<Integer> found(List<DeviceTask.Site> tasks) {
        List<Integer> found = new ArrayList<>();
        for (int start : STARTS) {
            row.set(0, Sites.row(start));
            for (DeviceTask.Site at : tasks) {
                int entry = Entry.of(at.row(), at.place(), at.column());
                assertEquals(entry, row.get(0) + at.position());
                for (int tensor = 0; tensor < TENSORS; tensor++) {
                    found.add(at.offsets().get(entry + tensor));
                }
            }
        }
        return found;
    }

    /** The constant is the only argument of a task that is compiled in and not in its key. */
    @Test
    void tasksOfCapturedGraphsAreCompiledWithOneConstant() {
        List<DeviceTask.Site> captured = sites(true);
        assertEquals(List.of(0, 0), captured.stream().map(DeviceTask.Site::column).toList());
        assertEquals(TABLE, found(captured));
    }

    /** An array that is an argument must be on the device: sent, or one that all graphs share. */
    @Test
    void placesAreSentOnceWhereGraphsAreCaptured() {
        List<DeviceTask.Site> captured = sites(true);
        assertEquals(captured.stream().map(DeviceTask.Site::place).toList(), graph.sentOnce);
    }

    @Test
    void placesAreCompiledInElsewhere() {
        List<DeviceTask.Site> others = sites(false);
        assertEquals(TABLE, found(others));
        assertEquals(List.of(), graph.sentOnce);
        assertTrue(others.stream().allMatch(at -> at.place() == at.offsets()));
    }
}
