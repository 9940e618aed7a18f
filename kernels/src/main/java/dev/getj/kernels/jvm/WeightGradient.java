package dev.getj.kernels.jvm;

import static dev.getj.kernels.jvm.Gemm.LANES;
import static dev.getj.kernels.jvm.Gemm.SPECIES;

import dev.getj.kernels.tensor.Tensor;

import jdk.incubator.vector.FloatVector;

import java.util.Arrays;
import java.util.List;

/**
 * {@code dW += dYᵀ x} and {@code db += Σ dY}: a {@link Gemm} of dY transposed with x packed, for
 * one block of batch rows after the other. The core that packs rows of dY adds them up for the bias. The
 * blocks depend on the operands' shapes alone, so the order of the sums does too.
 *
 * <p>Every block is one core's, and what it adds to dW is kept until all blocks are done. So no core
 * waits for others to pack, and in a {@link Chain} the core has just made the rows. All cores work
 * on one block after the other where there are fewer blocks than cores, or where dW is large.
 */
final class WeightGradient {
    /** Rows of a block. */
    private static final int FEWEST_ROWS = 256;

    private static final int MOST_ROWS = 1024;

    /** So many blocks keep that many threads busy. */
    private static final int BLOCKS = 8;

    /** Floats that small weights' blocks may add up to; the gradients of larger ones have fewer. */
    private static final int FEW_FLOATS = 1 << 22;

    /** Floats that blocks may add up to in a chain. */
    private static final int MOST_FLOATS = 1 << 24;

    private static final int PACKED_ROWS = 64;
    private static final int SUMMED = 1 << 14;

    private final Workers workers;
    private final Scratch scratch;
    private final Tensor dY;
    private final Tensor x;
    private final Tensor dWeight;
    private final Tensor dBias;
    private final int inputs;
    private final int outputs;
    private final int blockRows;
    private final int blocks;

    /** Parts of a block, whose rows of dY are summed by one thread. */
    private final int ranges;

    /** [blocks, ranges, O], or null without a bias. */
    private final double[] sums;

    /** [blocks, O, I], or null where that would be too large. */
    private final float[] parts;

    private final Workers.Task addBias = (index, worker) -> addBias(index);

    // dY [R, O], x [R, I], dWeight [O, I], dBias [O] or null
    WeightGradient(
            Workers workers,
            Scratch scratch,
            Scratch.Share share,
            Tensor dY,
            Tensor x,
            Tensor dWeight,
            Tensor dBias) {
        this.workers = workers;
        this.scratch = scratch;
        this.dY = dY;
        this.x = x;
        this.dWeight = dWeight;
        this.dBias = dBias;
        inputs = dWeight.dim(1);
        outputs = dWeight.dim(0);
        blockRows = blockRows(dY, dWeight.size());
        blocks = Gemm.ceil(dY.rows(), blockRows);
        ranges = Gemm.ceil(blockRows, PACKED_ROWS);
        long size = (long) blocks * dWeight.size();
        sums = dBias == null ? null : share.doubles(blocks * ranges * outputs);
        parts =
                blocks > 1 && size <= MOST_FLOATS
                        ? share.floats(CacheLine.FIRST + (int) size)
                        : null;
    }

    // whole samples where they are not too long, as in launches of the same chain
    private static int blockRows(Tensor dY, int weights) {
        int rows = dY.rows();
        // a power of two, as the number of cores mostly is
        int wanted = Integer.highestOneBit(2 * Math.clamp(FEW_FLOATS / weights, 1, BLOCKS) - 1);
        int fitting = Math.clamp(Gemm.ceil(rows, wanted), FEWEST_ROWS, MOST_ROWS);
        int sample = rows / dY.dim(0);
        int whole = sample > fitting ? sample : fitting / sample * sample;
        return Math.min(rows, whole > MOST_ROWS ? fitting : whole);
    }

    /** As a launch: {@code rows}, what {@link #rows} gave, if its blocks keep all cores busy. */
    Runnable alone(RowWork rows) {
        int turns = Gemm.ceil(blocks, workers.count());
        boolean balanced = 4 * turns * workers.count() <= 5 * blocks;
        return rows != null && balanced ? rows.alone(workers) : together();
    }

    // all cores on one block after the other
    private Runnable together() {
        int leftSize = Strips.size(outputs, blockRows);
        int rightSize = Panels.size(blockRows, inputs);
        Strips left = new Strips(scratch.take(Scratch.Use.LEFT, leftSize), outputs, blockRows);
        Panels right = new Panels(blockRows, inputs, scratch.take(Scratch.Use.RIGHT, rightSize));
        Runnable product = Gemm.multiply(workers, left, right, Epilogues.accumulate(dWeight));
        Workers.Task[] pack = new Workers.Task[blocks];
        for (int b = 0; b < blocks; b++) {
            int block = b;
            pack[b] = (range, worker) -> pack(block, range, left, right);
        }
        return () -> {
            for (int block = 0; block < blocks; block++) {
                workers.run(ranges, pack[block]);
                product.run();
            }
            addBias();
        };
    }

    /** A block is one core's; null where that would take too much memory. */
    RowWork rows() {
        if (parts == null) {
            return null;
        }
        int leftSize = Strips.size(outputs, blockRows);
        int rightSize = Panels.size(blockRows, inputs);
        float[][] leftMemory = scratch.ofWorkers(Scratch.Use.LEFT, leftSize);
        float[][] rightMemory = scratch.ofWorkers(Scratch.Use.RIGHT, rightSize);
        float[][] tiles = workers.memory(Gemm.TILE);
        Strips[] left = new Strips[leftMemory.length];
        Panels[] right = new Panels[leftMemory.length];
        for (int worker = 0; worker < left.length; worker++) {
            left[worker] = new Strips(leftMemory[worker], outputs, blockRows);
            right[worker] = new Panels(blockRows, inputs, rightMemory[worker]);
        }
        Gemm.Epilogue[] targets = new Gemm.Epilogue[blocks];
        for (int block = 0; block < blocks; block++) {
            int at = CacheLine.FIRST + block * dWeight.size();
            targets[block] = new Rows(parts, at, inputs, 1, outputs, true)::put;
        }
        RowTasks tasks =
                (first, end, wanted) -> {
                    Workers.Task task =
                            (index, worker) -> {
                                int block = first / blockRows + index;
                                for (int range = 0; range < ranges; range++) {
                                    pack(block, range, left[worker], right[worker]);
                                }
                                Gemm.multiply(
                                        left[worker], right[worker], targets[block], tiles[worker]);
                            };
                    return new RowTasks.Part(Gemm.ceil(end - first, blockRows), task);
                };
        Workers.Task sum = (index, worker) -> addParts(index * SUMMED);
        Runnable conclusion =
                () -> {
                    workers.run(Gemm.ceil(dWeight.size(), SUMMED), sum);
                    addBias();
                };
        List<Object> working = sums == null ? List.of(parts) : List.of(parts, sums);
        return new RowWork(dY.rows(), blockRows, 1, tasks, new Tensor[] {dY, x}, new Tensor[0])
                .concluding(working, conclusion, dWeight, dBias);
    }

    // a range of the rows of a block
    private void pack(int block, int range, Strips left, Panels right) {
        float[] slopes = JvmBuffer.of(dY).values;
        int first = block * blockRows;
        int count = Math.min(blockRows, dY.rows() - first);
        int slopesAt = dY.offset() + first * outputs;
        int sumsAt = (block * ranges + range) * outputs;
        if (sums != null) {
            Arrays.fill(sums, sumsAt, sumsAt + outputs, 0);
        }
        int start = range * PACKED_ROWS;
        int end = Math.min(start + PACKED_ROWS, blockRows);
        for (int k = start; k < end; k += Strips.RUN) {
            int to = Math.min(k + Strips.RUN, end);
            // first, because it reads straight through memory
            for (int r = k; sums != null && r < Math.min(to, count); r++) {
                ColumnSums.addRow(slopes, slopesAt + r * outputs, outputs, sums, sumsAt);
            }
            left.pack(k, to, slopes, slopesAt, count);
        }
        right.pack(start, end, JvmBuffer.of(x).values, x.offset() + first * inputs, count);
    }

    // dW += what the blocks add, in their order
    private void addParts(int first) {
        float[] target = JvmBuffer.of(dWeight).values;
        int at = dWeight.offset();
        int size = dWeight.size();
        int end = Math.min(first + SUMMED, size);
        int from = CacheLine.FIRST;
        int i = first;
        for (; i <= end - LANES; i += LANES) {
            FloatVector sum = FloatVector.fromArray(SPECIES, target, at + i);
            for (int block = 0; block < blocks; block++) {
                sum = sum.add(FloatVector.fromArray(SPECIES, parts, from + block * size + i));
            }
            sum.intoArray(target, at + i);
        }
        for (; i < end; i++) {
            for (int block = 0; block < blocks; block++) {
                target[at + i] += parts[from + block * size + i];
            }
        }
    }

    private void addBias() {
        if (dBias != null) {
            workers.run(Gemm.ceil(outputs, ColumnSums.COLUMNS), addBias);
        }
    }

    // some columns
    private void addBias(int index) {
        int column = index * ColumnSums.COLUMNS;
        int columns = Math.min(ColumnSums.COLUMNS, outputs - column);
        float[] bias = JvmBuffer.of(dBias).values;
        int target = dBias.offset() + column;
        ColumnSums.addTo(sums, column, outputs, blocks * ranges, columns, bias, target);
    }
}
