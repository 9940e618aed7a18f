package dev.getj.kernels.tornado.graph;

import dev.getj.kernels.Tensor;
import dev.getj.kernels.tornado.ColumnSums;

import java.util.List;

/** Sums over rows, in parts that are then added, as tasks. */
final class ColumnSumTasks {
    private final Tasks tasks;

    ColumnSumTasks(Tasks tasks) {
        this.tasks = tasks;
    }

    /** {@code sums += Σ_rows x}. */
    void sum(Tensor x, int rows, int columns, Tensor sums) {
        int rowsOfPart = ColumnSums.rowsOfPart(rows);
        int partial = ColumnSums.scratch(rows, columns, 1);
        tasks.add(
                "columnSums",
                ColumnSums.geometry(rows, columns),
                tasks.arguments().tensor(x).scratch(partial),
                List.of(rows, columns, rowsOfPart),
                (graph, id, at) ->
                        graph.task(
                                id,
                                ColumnSums::columnSums,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.column(),
                                rows,
                                columns,
                                rowsOfPart));
        add(tasks.arguments().scratch(partial).tensor(sums), ColumnSums.parts(rows), 1, columns);
    }

    /** Adds the parts of {@code vectors} sums, which lie in scratch memory, to their targets. */
    void add(Arguments arguments, int parts, int vectors, int columns) {
        tasks.add(
                "addColumnSums",
                ColumnSums.addGeometry(columns, vectors),
                arguments,
                List.of(parts, vectors, columns),
                (graph, id, at) ->
                        graph.task(
                                id,
                                ColumnSums::addColumnSums,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.column(),
                                parts,
                                vectors,
                                columns));
    }
}
