package dev.getj.kernels.tornado.graph;

import dev.getj.kernels.tornado.Geometry;
import dev.getj.kernels.tornado.MatMul;
import dev.getj.kernels.tornado.MatMulLarge;
import dev.getj.kernels.tornado.MatMulSliced;
import dev.getj.kernels.tornado.MatMulSmall;
import dev.getj.kernels.tornado.MatMulSplitK;

import java.util.List;

/** The kernels of a matrix product as tasks, for {@link LinearTasks} to choose from. */
final class ProductTasks {
    private final Tasks tasks;

    ProductTasks(Tasks tasks) {
        this.tasks = tasks;
    }

    /**
     * A product y [m, n] of sums of k, and its epilogue.
     *
     * @param depth length of the parts of k that are summed apart
     * @param flags of the epilogue
     * @param period rows of the residual, or tokens of a sample
     * @param width of the injection's rows
     */
    record Product(int m, int n, int k, int depth, int flags, int period, int width) {
        int parts() {
            return Geometry.ceil(k, depth);
        }

        /** Elements of all parts of y. */
        int partial() {
            return Math.multiplyExact(parts(), Math.multiplyExact(m, n));
        }

        /** The same sums with no epilogue, which is left to {@link #join}. */
        Product bare() {
            return new Product(m, n, k, depth, 0, 1, 1);
        }
    }

    /** By large tiles. */
    void large(Arguments arguments, Product p, int layout) {
        tasks.add(
                "matMulLarge",
                MatMulLarge.geometry(p.m, p.n, p.parts()),
                arguments,
                List.of(p.m, p.n, p.k, layout, p.depth, p.flags, p.period, p.width),
                (graph, id, at) ->
                        graph.task(
                                id,
                                MatMulLarge::matMulLarge,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.f(3),
                                at.f(4),
                                at.column(),
                                p.m,
                                p.n,
                                p.k,
                                layout,
                                p.depth,
                                p.flags,
                                p.period,
                                p.width));
    }

    /** By small tiles. */
    void small(Arguments arguments, Product p, int layout) {
        tasks.add(
                "matMulSmall",
                MatMulSmall.geometry(p.m, p.n, p.parts()),
                arguments,
                List.of(p.m, p.n, p.k, layout, p.depth, p.flags, p.period, p.width),
                (graph, id, at) ->
                        graph.task(
                                id,
                                MatMulSmall::matMulSmall,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.f(3),
                                at.f(4),
                                at.column(),
                                p.m,
                                p.n,
                                p.k,
                                layout,
                                p.depth,
                                p.flags,
                                p.period,
                                p.width));
    }

    /** A forward product in slices. */
    void sliced(Arguments arguments, Product p) {
        tasks.add(
                "matMulSliced",
                MatMulSliced.geometry(p.m, p.n),
                arguments,
                List.of(p.m, p.n, p.k, p.flags, p.period, p.width),
                (graph, id, at) ->
                        graph.task(
                                id,
                                MatMulSliced::matMulSliced,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.f(3),
                                at.f(4),
                                at.column(),
                                p.m,
                                p.n,
                                p.k,
                                p.flags,
                                p.period,
                                p.width));
    }

    /** A forward product, split. */
    void split(Arguments arguments, Product p) {
        tasks.add(
                "matMulSplitK",
                MatMulSplitK.geometry(p.m, p.n, p.parts()),
                arguments,
                List.of(p.m, p.n, p.k, p.depth, p.flags, p.period, p.width),
                (graph, id, at) ->
                        graph.task(
                                id,
                                MatMulSplitK::matMulSplitK,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.f(3),
                                at.f(4),
                                at.column(),
                                p.m,
                                p.n,
                                p.k,
                                p.depth,
                                p.flags,
                                p.period,
                                p.width));
    }

    /** Adds the parts of a product. */
    void join(Arguments arguments, Product p) {
        int parts = p.parts();
        tasks.add(
                "matMulJoin",
                MatMul.joinGeometry(p.m, p.n),
                arguments,
                List.of(p.m, p.n, parts, p.flags, p.period, p.width),
                (graph, id, at) ->
                        graph.task(
                                id,
                                MatMul::matMulJoin,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.f(3),
                                at.f(4),
                                at.column(),
                                p.m,
                                p.n,
                                parts,
                                p.flags,
                                p.period,
                                p.width));
    }
}
