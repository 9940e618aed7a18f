package dev.getj.kernels.tornado;

import dev.getj.kernels.HostInts;
import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.LossKind;
import dev.getj.kernels.PatchOrder;
import dev.getj.kernels.Tensor;
import dev.getj.kernels.tornado.emulator.Emulator;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid3D;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

import java.util.Arrays;
import java.util.function.Consumer;

/** Each launch as the kernels that compute it, on one array {@code f} that holds every tensor. */
final class EmulatedKernels implements Kernels {
    // a row and a column that are not 0, in a table that is wrong everywhere else
    private static final int ROW = 11;
    private static final int COLUMN = 5;
    private static final int WRONG = -1_000_000_000;
    private static final int SHORT_PART = 2 * MatMulSmall.STEP;

    private final FloatArray f;
    private final boolean large;
    private final Consumer<Runnable> recorder;

    EmulatedKernels(FloatArray f, boolean large, Consumer<Runnable> recorder) {
        this.f = f;
        this.large = large;
        this.recorder = recorder;
    }

    private interface Kernel {
        void run(KernelContext context, IntArray offsets, IntArray row);
    }

    private void launch(Geometry geometry, Kernel kernel, int... offsets) {
        int[] table = new int[ROW + COLUMN + offsets.length];
        Arrays.fill(table, WRONG);
        System.arraycopy(offsets, 0, table, ROW + COLUMN, offsets.length);
        IntArray offsetTable = IntArray.fromArray(table);
        IntArray row = IntArray.fromElements(ROW);
        WorkerGrid grid =
                new WorkerGrid3D(geometry.globalX(), geometry.globalY(), geometry.globalZ());
        grid.setLocalWork(geometry.localX(), geometry.localY(), geometry.localZ());
        recorder.accept(() -> Emulator.run(grid, context -> kernel.run(context, offsetTable, row)));
    }

    // the kernels of a launch share it; what is in it before is garbage
    private static FloatArray scratch(int size) {
        FloatArray scratch = new FloatArray(Math.max(size, 1));
        scratch.init(Float.NaN);
        return scratch;
    }

    // an entry that is not to be read if there is no such tensor
    private static int at(Tensor tensor) {
        return tensor == null ? WRONG : EmulatedBackend.at(tensor);
    }

    // ---- linear -----------------------------------------------------------------------------

    @Override
    public void linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        forward(x, weight, bias, y, 0, null, WRONG, null, 1, 1);
    }

    @Override
    public void linearGelu(Tensor x, Tensor weight, Tensor bias, Tensor preActivation, Tensor y) {
        int epilogue = Epilogue.GELU + (preActivation != null ? Epilogue.KEEP : 0);
        forward(x, weight, bias, y, epilogue, preActivation, at(preActivation), null, 1, 1);
    }

    @Override
    public void linearResidual(Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor y) {
        boolean inPlace = at(residual) == at(y);
        boolean repeated = residual.rows() < y.rows();
        int epilogue =
                inPlace
                        ? Epilogue.ACCUMULATE
                        : repeated ? Epilogue.RESIDUAL_IN_PARAMETERS : Epilogue.RESIDUAL;
        forward(x, weight, bias, y, epilogue, residual, at(residual), null, residual.rows(), 1);
    }

    @Override
    public void linearInjected(
            Tensor x,
            Tensor weight,
            Tensor bias,
            Tensor injection,
            int column,
            Tensor condition,
            Tensor y) {
        int epilogue =
                (injection != null ? Epilogue.INJECTION : 0)
                        + (condition != null ? Epilogue.CONDITION : 0);
        forward(
                x,
                weight,
                bias,
                y,
                epilogue,
                injection,
                injection == null ? WRONG : at(injection) + column,
                condition,
                condition == null ? 1 : y.rows() / condition.rows(),
                injection == null ? 1 : injection.dim(-1));
    }

    private void forward(
            Tensor x,
            Tensor weight,
            Tensor bias,
            Tensor y,
            int epilogue,
            Tensor extra,
            int extraAt,
            Tensor condition,
            int period,
            int extraWidth) {
        int m = y.rows();
        int n = weight.dim(0);
        int k = weight.dim(1);
        int[] offsets = {at(x), at(weight), at(bias), at(y), extraAt, at(condition)};
        int flags = epilogue + (bias != null ? Epilogue.BIAS : 0);
        matMul(f, m, n, k, MatMul.FORWARD, k, flags, period, extraWidth, offsets);
    }

    @Override
    public void linearBackwardInput(Tensor dY, Tensor weight, Tensor dX) {
        backwardInput(dY, weight, dX, 0, null);
    }

    @Override
    public void linearGeluBackwardInput(
            Tensor dY, Tensor weight, Tensor preActivation, Tensor dPreActivation) {
        backwardInput(dY, weight, dPreActivation, Epilogue.GELU_DERIVATIVE, preActivation);
    }

    private void backwardInput(
            Tensor dY, Tensor weight, Tensor dX, int epilogue, Tensor preActivation) {
        int k = weight.dim(0);
        int[] offsets = {at(dY), at(weight), WRONG, at(dX), at(preActivation), WRONG};
        int layout = MatMul.BACKWARD_INPUT;
        matMul(f, dX.rows(), weight.dim(1), k, layout, k, epilogue, 1, 1, offsets);
    }

    @Override
    public void linearBackwardWeight(Tensor dY, Tensor x, Tensor dWeight, Tensor dBias) {
        int m = dWeight.dim(0);
        int n = dWeight.dim(1);
        int k = x.rows();
        int partDepth = large ? MatMul.partDepth(m, n, k) : SHORT_PART;
        int parts = Geometry.ceil(k, partDepth);
        int layout = MatMul.BACKWARD_WEIGHT;
        if (parts == 1) {
            int[] offsets = {at(dY), at(x), WRONG, at(dWeight), WRONG, WRONG};
            matMul(f, m, n, k, layout, partDepth, Epilogue.ACCUMULATE, 1, 1, offsets);
        } else {
            FloatArray partial = scratch(parts * m * n);
            int[] offsets = {at(dY), at(x), WRONG, 0, WRONG, WRONG};
            matMul(partial, m, n, k, layout, partDepth, 0, 1, 1, offsets);
            launch(
                    MatMul.addPartsGeometry(m * n),
                    (c, o, r) -> MatMul.matMulAddParts(c, o, r, partial, f, COLUMN, parts, m * n),
                    at(dWeight));
        }
        if (dBias != null) {
            int rowsOfPart = ColumnSums.rowsOfPart(k);
            FloatArray partial = scratch(ColumnSums.scratch(k, m, 1));
            launch(
                    ColumnSums.geometry(k, m),
                    (c, o, r) ->
                            ColumnSums.columnSums(c, o, r, f, partial, COLUMN, k, m, rowsOfPart),
                    at(dY));
            addColumnSums(partial, ColumnSums.parts(k), 1, m, at(dBias));
        }
    }

    private void addColumnSums(
            FloatArray partial, int parts, int vectors, int columns, int... targets) {
        launch(
                ColumnSums.addGeometry(columns, vectors),
                (c, o, r) ->
                        ColumnSums.addColumnSums(
                                c, o, r, partial, f, COLUMN, parts, vectors, columns),
                targets);
    }

    private void matMul(
            FloatArray y,
            int m,
            int n,
            int k,
            int layout,
            int partDepth,
            int epilogue,
            int period,
            int extraWidth,
            int[] offsets) {
        int parts = Geometry.ceil(k, partDepth);
        if (large) {
            launch(
                    MatMulLarge.geometry(m, n, parts),
                    (c, o, r) ->
                            MatMulLarge.matMulLarge(
                                    c,
                                    o,
                                    r,
                                    f,
                                    f,
                                    y,
                                    f,
                                    f,
                                    COLUMN,
                                    m,
                                    n,
                                    k,
                                    layout,
                                    partDepth,
                                    epilogue,
                                    period,
                                    extraWidth),
                    offsets);
        } else {
            launch(
                    MatMulSmall.geometry(m, n, parts),
                    (c, o, r) ->
                            MatMulSmall.matMulSmall(
                                    c,
                                    o,
                                    r,
                                    f,
                                    f,
                                    y,
                                    f,
                                    f,
                                    COLUMN,
                                    m,
                                    n,
                                    k,
                                    layout,
                                    partDepth,
                                    epilogue,
                                    period,
                                    extraWidth),
                    offsets);
        }
    }

    @Override
    public void injectionBackward(Tensor dY, Tensor dInjection, int column, Tensor dCondition) {
        int rows = dY.rows();
        int outputs = dY.dim(-1);
        if (dInjection != null) {
            int width = dInjection.dim(-1);
            launch(
                    InjectionBackward.sliceGeometry(rows, outputs),
                    (c, o, r) ->
                            InjectionBackward.injectionSliceBackward(
                                    c, o, r, f, f, COLUMN, rows, outputs, width),
                    at(dY),
                    at(dInjection) + column);
        }
        if (dCondition != null) {
            int samples = dCondition.rows();
            int tokens = rows / samples;
            launch(
                    InjectionBackward.conditionGeometry(samples, outputs),
                    (c, o, r) ->
                            InjectionBackward.conditionBackward(
                                    c, o, r, f, f, COLUMN, tokens, outputs),
                    at(dY),
                    at(dCondition));
        }
    }

    // ---- normalisation and attention --------------------------------------------------------

    @Override
    public void layerNorm(Tensor x, Tensor gamma, Tensor beta, Tensor y, Tensor statistics) {
        int rows = x.rows();
        int width = x.dim(-1);
        int keep = statistics != null ? 1 : 0;
        launch(
                LayerNorm.geometry(rows),
                (c, o, r) ->
                        LayerNorm.layerNormForward(c, o, r, f, f, f, f, COLUMN, rows, width, keep),
                at(x),
                at(gamma),
                at(beta),
                at(y),
                at(statistics));
    }

    @Override
    public void layerNormBackward(
            Tensor dY,
            Tensor x,
            Tensor gamma,
            Tensor statistics,
            Tensor dX,
            Tensor dGamma,
            Tensor dBeta) {
        int rows = x.rows();
        int width = x.dim(-1);
        int rowsOfPart = ColumnSums.rowsOfPart(rows);
        FloatArray partial = scratch(ColumnSums.scratch(rows, width, 2));
        launch(
                LayerNormBackward.sumsGeometry(rows, width),
                (c, o, r) ->
                        LayerNormBackward.layerNormColumnSums(
                                c, o, r, f, f, f, partial, COLUMN, rows, width, rowsOfPart),
                at(dY),
                at(x),
                at(statistics));
        addColumnSums(partial, ColumnSums.parts(rows), 2, width, at(dGamma), at(dBeta));
        launch(
                LayerNormBackward.geometry(rows),
                (c, o, r) ->
                        LayerNormBackward.layerNormInputBackward(
                                c, o, r, f, f, f, f, f, COLUMN, rows, width),
                at(dY),
                at(x),
                at(gamma),
                at(statistics),
                at(dX));
    }

    @Override
    public void attention(Tensor qkv, int heads, Tensor y, Tensor logSumExp) {
        int samples = qkv.dim(0);
        int tokens = qkv.dim(1);
        int depth = y.dim(-1) / heads;
        int keep = logSumExp != null ? 1 : 0;
        launch(
                Attention.geometry(samples, tokens, heads),
                (c, o, r) ->
                        Attention.attentionForward(
                                c, o, r, f, f, f, COLUMN, tokens, heads, depth, keep),
                at(qkv),
                at(y),
                at(logSumExp));
    }

    @Override
    public void attentionBackward(
            Tensor dY, Tensor qkv, Tensor y, Tensor logSumExp, int heads, Tensor dQkv) {
        int samples = qkv.dim(0);
        int tokens = qkv.dim(1);
        int depth = y.dim(-1) / heads;
        FloatArray slopes = scratch(AttentionBackward.scratch(samples, tokens, heads));
        launch(
                AttentionBackward.slopesGeometry(samples, tokens, heads),
                (c, o, r) ->
                        AttentionBackward.attentionSlopes(
                                c, o, r, f, f, slopes, COLUMN, tokens, heads, depth),
                at(dY),
                at(y));
        int[] offsets = {at(dY), at(qkv), at(logSumExp), at(dQkv)};
        launch(
                AttentionBackward.geometry(samples, tokens, heads),
                (c, o, r) ->
                        AttentionBackward.attentionQueriesBackward(
                                c, o, r, f, f, f, slopes, f, COLUMN, tokens, heads, depth),
                offsets);
        launch(
                AttentionKeysBackward.geometry(samples, tokens, heads),
                (c, o, r) ->
                        AttentionKeysBackward.attentionKeysBackward(
                                c, o, r, f, f, f, slopes, f, COLUMN, tokens, heads, depth),
                offsets);
    }

    // ---- images and labels ------------------------------------------------------------------

    @Override
    public void patchify(Tensor image, PatchOrder order, Tensor patches) {
        int size = image.size();
        int channels = image.dim(1);
        int side = image.dim(2);
        int patch = patch(image, patches);
        int last = Patches.channelsLast(order);
        launch(
                Patches.geometry(size),
                (c, o, r) ->
                        Patches.cutPatches(
                                c, o, r, f, f, COLUMN, size, channels, side, patch, last),
                at(image),
                at(patches));
    }

    @Override
    public void unpatchify(Tensor patches, PatchOrder order, Tensor image) {
        int size = image.size();
        int channels = image.dim(1);
        int side = image.dim(2);
        int patch = patch(image, patches);
        int last = Patches.channelsLast(order);
        launch(
                Patches.geometry(size),
                (c, o, r) ->
                        Patches.joinPatches(
                                c, o, r, f, f, COLUMN, size, channels, side, patch, last),
                at(patches),
                at(image));
    }

    private static int patch(Tensor image, Tensor patches) {
        return image.dim(2) / (int) Math.round(Math.sqrt(patches.dim(1)));
    }

    @Override
    public void embedding(Tensor table, IntTensor labels, Tensor y) {
        int width = table.dim(1);
        IntArray chosen = IntArray.fromArray(HostInts.of(labels));
        launch(
                Embedding.forwardGeometry(labels.size(), width),
                (c, o, r) -> Embedding.embedLabels(c, o, r, f, chosen, f, COLUMN, width),
                at(table),
                at(y));
    }

    @Override
    public void embeddingBackward(Tensor dY, IntTensor labels, Tensor dTable) {
        int samples = labels.size();
        int width = dTable.dim(1);
        IntArray chosen = IntArray.fromArray(HostInts.of(labels));
        launch(
                Embedding.backwardGeometry(dTable.dim(0), width),
                (c, o, r) ->
                        Embedding.embedLabelsBackward(
                                c, o, r, f, chosen, f, COLUMN, samples, width),
                at(dY),
                at(dTable));
    }

    // ---- objective and optimiser ------------------------------------------------------------

    @Override
    public void loss(
            LossKind kind,
            Tensor prediction,
            Tensor target,
            float weight,
            Tensor loss,
            Tensor dPrediction) {
        int size = prediction.size();
        int blocks = Loss.blocks(size);
        int squared = Loss.squared(kind);
        int slopes = dPrediction != null ? 1 : 0;
        float scale = Loss.scale(kind, weight, size);
        FloatArray partial = scratch(blocks);
        launch(
                Loss.geometry(size),
                (c, o, r) ->
                        Loss.lossBlocks(
                                c, o, r, f, f, f, partial, COLUMN, size, squared, slopes, scale),
                at(prediction),
                at(target),
                at(dPrediction));
        launch(
                Loss.meanGeometry(),
                (c, o, r) -> Loss.lossMean(c, o, r, partial, f, COLUMN, blocks, size),
                at(loss));
    }

    @Override
    public void adamW(
            Tensor settings,
            Tensor gradients,
            Tensor weights,
            Tensor firstMoment,
            Tensor secondMoment) {
        int size = weights.size();
        launch(
                AdamW.geometry(size),
                (c, o, r) -> AdamW.adamWStep(c, o, r, f, f, f, f, f, COLUMN, size),
                at(settings),
                at(gradients),
                at(weights),
                at(firstMoment),
                at(secondMoment));
    }

    @Override
    public void ema(Tensor weights, double decay, Tensor average) {
        mix((float) (1 - decay), weights, (float) decay, average);
    }

    // ---- states -----------------------------------------------------------------------------

    @Override
    public void fill(float value, Tensor y) {
        int size = y.size();
        launch(
                Elementwise.geometry(size),
                (c, o, r) -> Elementwise.fillState(c, o, r, f, COLUMN, size, value),
                at(y));
    }

    @Override
    public void copy(Tensor x, Tensor y) {
        int size = y.size();
        launch(
                Elementwise.geometry(size),
                (c, o, r) -> Elementwise.copyState(c, o, r, f, f, COLUMN, size),
                at(x),
                at(y));
    }

    @Override
    public void add(Tensor x, Tensor y) {
        mix(1, x, 1, y);
    }

    @Override
    public void mix(float a, Tensor x, float b, Tensor y) {
        int size = y.size();
        launch(
                Elementwise.geometry(size),
                (c, o, r) -> Elementwise.mixState(c, o, r, f, f, COLUMN, size, a, b),
                at(x),
                at(y));
    }

    @Override
    public void normal(IntTensor key, Tensor y) {
        int samples = y.dim(0);
        int length = y.size() / samples;
        IntArray keys = IntArray.fromArray(HostInts.of(key));
        launch(
                Normal.geometry(samples, length),
                (c, o, r) -> Normal.drawNormals(c, o, r, keys, f, COLUMN, length),
                at(y));
    }

    @Override
    public void residualNorms(Tensor next, Tensor previous, Tensor norms) {
        int samples = next.dim(0);
        int length = next.size() / samples;
        int blocks = Norms.blocks(length);
        FloatArray partial = scratch(Norms.scratch(samples, length));
        launch(
                Norms.geometry(samples, length),
                (c, o, r) -> Norms.residualBlocks(c, o, r, f, f, partial, COLUMN, length, blocks),
                at(next),
                at(previous));
        launch(
                Norms.rootsGeometry(samples),
                (c, o, r) -> Norms.residualRoots(c, o, r, partial, f, COLUMN, samples, blocks),
                at(norms));
    }

    @Override
    public void select(IntTensor chosen, Tensor from, Tensor to) {
        int size = from.size();
        int length = size / from.dim(0);
        IntArray choice = IntArray.fromArray(HostInts.of(chosen));
        launch(
                Elementwise.geometry(size),
                (c, o, r) -> Elementwise.selectSamples(c, o, r, choice, f, f, COLUMN, size, length),
                at(from),
                at(to));
    }

    // ---- histories of states ----------------------------------------------------------------

    @Override
    public void innerProducts(Tensor history, Tensor x, Tensor dots) {
        int states = history.dim(0);
        int samples = x.dim(0);
        int length = x.size() / samples;
        int blocks = Histories.blocks(length);
        FloatArray partial = scratch(Histories.scratch(states, samples, length));
        launch(
                Histories.blocksGeometry(states, samples, length),
                (c, o, r) ->
                        Histories.innerProductBlocks(
                                c, o, r, f, f, partial, COLUMN, states, samples, length, blocks),
                at(history),
                at(x));
        launch(
                Histories.sumsGeometry(states, samples),
                (c, o, r) ->
                        Histories.innerProductSums(
                                c, o, r, partial, f, COLUMN, states * samples, blocks),
                at(dots));
    }

    @Override
    public void combine(Tensor coefficients, Tensor history, float beta, Tensor y) {
        int states = history.dim(0);
        int samples = y.dim(0);
        int length = y.size() / samples;
        launch(
                Histories.combineGeometry(length, samples),
                (c, o, r) ->
                        Histories.combineStates(
                                c, o, r, f, f, f, COLUMN, states, samples, length, beta),
                at(coefficients),
                at(history),
                at(y));
    }
}
