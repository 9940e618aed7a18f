package dev.getj.kernels.tornado;

import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Kernels;
import dev.getj.kernels.LossKind;
import dev.getj.kernels.PatchOrder;
import dev.getj.kernels.Tensor;
import dev.getj.kernels.tornado.DeviceTask.Adder;
import dev.getj.kernels.tornado.DeviceTask.Arrays;

import uk.ac.manchester.tornado.api.KernelContext;

import java.util.List;
import java.util.function.Consumer;

/** Records each launch as the kernels that compute it. */
final class TornadoKernels implements Kernels {
    private final TornadoBackend backend;
    private final KernelContext context;
    private final Consumer<DeviceTask> recorder;

    TornadoKernels(TornadoBackend backend, KernelContext context, Consumer<DeviceTask> recorder) {
        this.backend = backend;
        this.context = context;
        this.recorder = recorder;
    }

    private Arrays arrays() {
        return new Arrays(backend);
    }

    private void task(
            String name,
            Geometry geometry,
            Arrays arrays,
            List<? extends Number> constants,
            Adder adder) {
        recorder.accept(new DeviceTask(name, geometry, arrays, constants, adder));
    }

    // ---- linear ---------------------------------------------------------------------------------

    @Override
    public void linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        forward(x, weight, bias, y, new Extra(0, null, null, 0, null, 1, 1));
    }

    @Override
    public void linearGelu(Tensor x, Tensor weight, Tensor bias, Tensor preActivation, Tensor y) {
        int flags = Epilogue.GELU + (preActivation != null ? Epilogue.KEEP : 0);
        forward(x, weight, bias, y, new Extra(flags, preActivation, preActivation, 0, null, 1, 1));
    }

    @Override
    public void linearResidual(Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor y) {
        boolean inPlace = residual.buffer() == y.buffer() && residual.offset() == y.offset();
        boolean inParameters = residual.buffer() == weight.buffer();
        int flags =
                inPlace
                        ? Epilogue.ACCUMULATE
                        : inParameters ? Epilogue.RESIDUAL_IN_PARAMETERS : Epilogue.RESIDUAL;
        Tensor array = inPlace || inParameters ? null : residual;
        forward(x, weight, bias, y, new Extra(flags, array, residual, 0, null, residual.rows(), 1));
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
        int flags =
                (injection != null ? Epilogue.INJECTION : 0)
                        + (condition != null ? Epilogue.CONDITION : 0);
        int period = condition == null ? 1 : y.rows() / condition.rows();
        int width = injection == null ? 1 : injection.dim(-1);
        forward(
                x,
                weight,
                bias,
                y,
                new Extra(flags, injection, injection, column, condition, period, width));
    }

    /** What an epilogue reads besides the bias: an array, and the tensor whose offset is meant. */
    private record Extra(
            int flags,
            Tensor array,
            Tensor tensor,
            int first,
            Tensor condition,
            int period,
            int width) {}

    private void forward(Tensor x, Tensor weight, Tensor bias, Tensor y, Extra extra) {
        int k = weight.dim(1);
        int flags = extra.flags + (bias != null ? Epilogue.BIAS : 0);
        Arrays arrays =
                arrays().tensor(x)
                        .tensor(weight)
                        .offset(bias, 0)
                        .tensor(y)
                        .tensor(extra.array)
                        .tensor(extra.condition);
        arrays.offsets().set(4, extra.tensor == null ? 0 : extra.tensor.offset() + extra.first);
        product(
                arrays,
                y.rows(),
                weight.dim(0),
                k,
                MatMul.FORWARD,
                k,
                flags,
                extra.period,
                extra.width);
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
            Tensor dY, Tensor weight, Tensor dX, int flags, Tensor preActivation) {
        int k = weight.dim(0);
        Arrays arrays =
                arrays().tensor(dY)
                        .tensor(weight)
                        .offset(null, 0)
                        .tensor(dX)
                        .tensor(preActivation)
                        .tensor(null);
        product(arrays, dX.rows(), weight.dim(1), k, MatMul.BACKWARD_INPUT, k, flags, 1, 1);
    }

    @Override
    public void linearBackwardWeight(Tensor dY, Tensor x, Tensor dWeight, Tensor dBias) {
        int m = dWeight.dim(0);
        int n = dWeight.dim(1);
        int k = x.rows();
        int depth = MatMul.partDepth(m, n, k);
        int parts = MatMul.parts(m, n, k);
        if (parts == 1) {
            Arrays arrays =
                    arrays().tensor(dY)
                            .tensor(x)
                            .offset(null, 0)
                            .tensor(dWeight)
                            .tensor(null)
                            .tensor(null);
            product(arrays, m, n, k, MatMul.BACKWARD_WEIGHT, depth, Epilogue.ACCUMULATE, 1, 1);
        } else {
            TornadoBuffer partial = backend.scratch(MatMul.scratch(m, n, k));
            Arrays arrays =
                    arrays().tensor(dY).tensor(x).offset(null, 0).scratch(partial).offset(null, 0);
            product(
                    arrays.tensor(null).tensor(null),
                    m,
                    n,
                    k,
                    MatMul.BACKWARD_WEIGHT,
                    depth,
                    0,
                    1,
                    1);
            Arrays added = arrays().scratch(partial).tensor(dWeight);
            int size = m * n;
            task(
                    "addParts",
                    MatMul.addPartsGeometry(size),
                    added,
                    List.of(parts, size),
                    (graph, id, at) ->
                            graph.task(
                                    id,
                                    MatMul::matMulAddParts,
                                    context,
                                    at.offsets(),
                                    at.row(),
                                    added.f(0),
                                    added.f(1),
                                    at.column(),
                                    parts,
                                    size));
        }
        if (dBias != null) {
            int rowsOfPart = ColumnSums.rowsOfPart(k);
            TornadoBuffer partial = backend.scratch(ColumnSums.scratch(k, m, 1));
            Arrays sums = arrays().tensor(dY).scratch(partial);
            task(
                    "columnSums",
                    ColumnSums.geometry(k, m),
                    sums,
                    List.of(k, m, rowsOfPart),
                    (graph, id, at) ->
                            graph.task(
                                    id,
                                    ColumnSums::columnSums,
                                    context,
                                    at.offsets(),
                                    at.row(),
                                    sums.f(0),
                                    sums.f(1),
                                    at.column(),
                                    k,
                                    m,
                                    rowsOfPart));
            addColumnSums(arrays().scratch(partial).tensor(dBias), ColumnSums.parts(k), 1, m);
        }
    }

    private void addColumnSums(Arrays arrays, int parts, int vectors, int columns) {
        task(
                "addColumnSums",
                ColumnSums.addGeometry(columns, vectors),
                arrays,
                List.of(parts, vectors, columns),
                (graph, id, at) ->
                        graph.task(
                                id,
                                ColumnSums::addColumnSums,
                                context,
                                at.offsets(),
                                at.row(),
                                arrays.f(0),
                                arrays.f(1),
                                at.column(),
                                parts,
                                vectors,
                                columns));
    }

    private void product(
            Arrays arrays,
            int m,
            int n,
            int k,
            int layout,
            int depth,
            int flags,
            int period,
            int width) {
        int parts = Geometry.ceil(k, depth);
        boolean large =
                layout == MatMul.BACKWARD_WEIGHT ? MatMul.largeWeight(m, n) : MatMul.large(m, n);
        List<Integer> constants = List.of(m, n, k, layout, depth, flags, period, width);
        if (large) {
            task(
                    "matMulLarge",
                    MatMulLarge.geometry(m, n, parts),
                    arrays,
                    constants,
                    (graph, id, at) ->
                            graph.task(
                                    id,
                                    MatMulLarge::matMulLarge,
                                    context,
                                    at.offsets(),
                                    at.row(),
                                    arrays.f(0),
                                    arrays.f(1),
                                    arrays.f(2),
                                    arrays.f(3),
                                    arrays.f(4),
                                    at.column(),
                                    m,
                                    n,
                                    k,
                                    layout,
                                    depth,
                                    flags,
                                    period,
                                    width));
        } else {
            task(
                    "matMulSmall",
                    MatMulSmall.geometry(m, n, parts),
                    arrays,
                    constants,
                    (graph, id, at) ->
                            graph.task(
                                    id,
                                    MatMulSmall::matMulSmall,
                                    context,
                                    at.offsets(),
                                    at.row(),
                                    arrays.f(0),
                                    arrays.f(1),
                                    arrays.f(2),
                                    arrays.f(3),
                                    arrays.f(4),
                                    at.column(),
                                    m,
                                    n,
                                    k,
                                    layout,
                                    depth,
                                    flags,
                                    period,
                                    width));
        }
    }

    @Override
    public void injectionBackward(Tensor dY, Tensor dInjection, int column, Tensor dCondition) {
        int rows = dY.rows();
        int outputs = dY.dim(-1);
        if (dInjection != null) {
            int width = dInjection.dim(-1);
            Arrays a = arrays().tensor(dY).tensor(dInjection, column);
            task(
                    "injectionSliceBackward",
                    InjectionBackward.sliceGeometry(rows, outputs),
                    a,
                    List.of(rows, outputs, width),
                    (graph, id, at) ->
                            graph.task(
                                    id,
                                    InjectionBackward::injectionSliceBackward,
                                    context,
                                    at.offsets(),
                                    at.row(),
                                    a.f(0),
                                    a.f(1),
                                    at.column(),
                                    rows,
                                    outputs,
                                    width));
        }
        if (dCondition != null) {
            int samples = dCondition.rows();
            int tokens = rows / samples;
            Arrays a = arrays().tensor(dY).tensor(dCondition);
            task(
                    "conditionBackward",
                    InjectionBackward.conditionGeometry(samples, outputs),
                    a,
                    List.of(tokens, outputs),
                    (graph, id, at) ->
                            graph.task(
                                    id,
                                    InjectionBackward::conditionBackward,
                                    context,
                                    at.offsets(),
                                    at.row(),
                                    a.f(0),
                                    a.f(1),
                                    at.column(),
                                    tokens,
                                    outputs));
        }
    }

    // ---- normalisation and attention ------------------------------------------------------------

    @Override
    public void layerNorm(Tensor x, Tensor gamma, Tensor beta, Tensor y, Tensor statistics) {
        int rows = x.rows();
        int width = x.dim(-1);
        int keep = statistics != null ? 1 : 0;
        Arrays a = arrays().tensor(x).tensor(gamma).offset(beta, 0).tensor(y).tensor(statistics);
        task(
                "layerNorm",
                LayerNorm.geometry(rows),
                a,
                List.of(rows, width, keep),
                (graph, id, at) ->
                        graph.task(
                                id,
                                LayerNorm::layerNormForward,
                                context,
                                at.offsets(),
                                at.row(),
                                a.f(0),
                                a.f(1),
                                a.f(2),
                                a.f(3),
                                at.column(),
                                rows,
                                width,
                                keep));
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
        TornadoBuffer partial = backend.scratch(ColumnSums.scratch(rows, width, 2));
        Arrays sums = arrays().tensor(dY).tensor(x).tensor(statistics).scratch(partial);
        task(
                "layerNormColumnSums",
                LayerNormBackward.sumsGeometry(rows, width),
                sums,
                List.of(rows, width, rowsOfPart),
                (graph, id, at) ->
                        graph.task(
                                id,
                                LayerNormBackward::layerNormColumnSums,
                                context,
                                at.offsets(),
                                at.row(),
                                sums.f(0),
                                sums.f(1),
                                sums.f(2),
                                sums.f(3),
                                at.column(),
                                rows,
                                width,
                                rowsOfPart));
        addColumnSums(
                arrays().scratch(partial).tensor(dGamma).offset(dBeta, 0),
                ColumnSums.parts(rows),
                2,
                width);
        Arrays a = arrays().tensor(dY).tensor(x).tensor(gamma).tensor(statistics).tensor(dX);
        task(
                "layerNormInputBackward",
                LayerNormBackward.geometry(rows),
                a,
                List.of(rows, width),
                (graph, id, at) ->
                        graph.task(
                                id,
                                LayerNormBackward::layerNormInputBackward,
                                context,
                                at.offsets(),
                                at.row(),
                                a.f(0),
                                a.f(1),
                                a.f(2),
                                a.f(3),
                                a.f(4),
                                at.column(),
                                rows,
                                width));
    }

    @Override
    public void attention(Tensor qkv, int heads, Tensor y, Tensor logSumExp) {
        int tokens = qkv.dim(1);
        int depth = y.dim(-1) / heads;
        int keep = logSumExp != null ? 1 : 0;
        Arrays a = arrays().tensor(qkv).tensor(y).tensor(logSumExp);
        task(
                "attention",
                Attention.geometry(qkv.dim(0), tokens, heads),
                a,
                List.of(tokens, heads, depth, keep),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Attention::attentionForward,
                                context,
                                at.offsets(),
                                at.row(),
                                a.f(0),
                                a.f(1),
                                a.f(2),
                                at.column(),
                                tokens,
                                heads,
                                depth,
                                keep));
    }

    @Override
    public void attentionBackward(
            Tensor dY, Tensor qkv, Tensor y, Tensor logSumExp, int heads, Tensor dQkv) {
        int samples = qkv.dim(0);
        int tokens = qkv.dim(1);
        int depth = y.dim(-1) / heads;
        TornadoBuffer slopes = backend.scratch(AttentionBackward.scratch(samples, tokens, heads));
        List<Integer> constants = List.of(tokens, heads, depth);
        Arrays s = arrays().tensor(dY).tensor(y).scratch(slopes);
        task(
                "attentionSlopes",
                AttentionBackward.slopesGeometry(samples, tokens, heads),
                s,
                constants,
                (graph, id, at) ->
                        graph.task(
                                id,
                                AttentionBackward::attentionSlopes,
                                context,
                                at.offsets(),
                                at.row(),
                                s.f(0),
                                s.f(1),
                                s.f(2),
                                at.column(),
                                tokens,
                                heads,
                                depth));
        Arrays a = arrays().tensor(dY).tensor(qkv).tensor(logSumExp).scratch(slopes).tensor(dQkv);
        task(
                "attentionQueriesBackward",
                AttentionBackward.geometry(samples, tokens, heads),
                a,
                constants,
                (graph, id, at) ->
                        graph.task(
                                id,
                                AttentionBackward::attentionQueriesBackward,
                                context,
                                at.offsets(),
                                at.row(),
                                a.f(0),
                                a.f(1),
                                a.f(2),
                                a.f(3),
                                a.f(4),
                                at.column(),
                                tokens,
                                heads,
                                depth));
        task(
                "attentionKeysBackward",
                AttentionKeysBackward.geometry(samples, tokens, heads),
                a,
                constants,
                (graph, id, at) ->
                        graph.task(
                                id,
                                AttentionKeysBackward::attentionKeysBackward,
                                context,
                                at.offsets(),
                                at.row(),
                                a.f(0),
                                a.f(1),
                                a.f(2),
                                a.f(3),
                                a.f(4),
                                at.column(),
                                tokens,
                                heads,
                                depth));
    }

    // ---- images and labels ----------------------------------------------------------------------

    @Override
    public void patchify(Tensor image, PatchOrder order, Tensor patches) {
        int size = image.size();
        int channels = image.dim(1);
        int side = image.dim(2);
        int patch = patch(image, patches);
        int last = Patches.channelsLast(order);
        Arrays a = arrays().tensor(image).tensor(patches);
        task(
                "cutPatches",
                Patches.geometry(size),
                a,
                List.of(size, channels, side, patch, last),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Patches::cutPatches,
                                context,
                                at.offsets(),
                                at.row(),
                                a.f(0),
                                a.f(1),
                                at.column(),
                                size,
                                channels,
                                side,
                                patch,
                                last));
    }

    @Override
    public void unpatchify(Tensor patches, PatchOrder order, Tensor image) {
        int size = image.size();
        int channels = image.dim(1);
        int side = image.dim(2);
        int patch = patch(image, patches);
        int last = Patches.channelsLast(order);
        Arrays a = arrays().tensor(patches).tensor(image);
        task(
                "joinPatches",
                Patches.geometry(size),
                a,
                List.of(size, channels, side, patch, last),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Patches::joinPatches,
                                context,
                                at.offsets(),
                                at.row(),
                                a.f(0),
                                a.f(1),
                                at.column(),
                                size,
                                channels,
                                side,
                                patch,
                                last));
    }

    private static int patch(Tensor image, Tensor patches) {
        return image.dim(2) / (int) Math.round(Math.sqrt(patches.dim(1)));
    }

    @Override
    public void embedding(Tensor table, IntTensor labels, Tensor y) {
        int width = table.dim(1);
        Arrays a = arrays().tensor(table).ints(labels).tensor(y);
        task(
                "embedLabels",
                Embedding.forwardGeometry(labels.size(), width),
                a,
                List.of(width),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Embedding::embedLabels,
                                context,
                                at.offsets(),
                                at.row(),
                                a.f(0),
                                a.i(),
                                a.f(1),
                                at.column(),
                                width));
    }

    @Override
    public void embeddingBackward(Tensor dY, IntTensor labels, Tensor dTable) {
        int samples = labels.size();
        int width = dTable.dim(1);
        Arrays a = arrays().tensor(dY).ints(labels).tensor(dTable);
        task(
                "embedLabelsBackward",
                Embedding.backwardGeometry(dTable.dim(0), width),
                a,
                List.of(samples, width),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Embedding::embedLabelsBackward,
                                context,
                                at.offsets(),
                                at.row(),
                                a.f(0),
                                a.i(),
                                a.f(1),
                                at.column(),
                                samples,
                                width));
    }

    // ---- objective and optimiser ----------------------------------------------------------------

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
        TornadoBuffer partial = backend.scratch(blocks);
        Arrays a = arrays().tensor(prediction).tensor(target).tensor(dPrediction).scratch(partial);
        task(
                "lossBlocks",
                Loss.geometry(size),
                a,
                List.of(size, squared, slopes, scale),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Loss::lossBlocks,
                                context,
                                at.offsets(),
                                at.row(),
                                a.f(0),
                                a.f(1),
                                a.f(2),
                                a.f(3),
                                at.column(),
                                size,
                                squared,
                                slopes,
                                scale));
        Arrays mean = arrays().scratch(partial).tensor(loss);
        task(
                "lossMean",
                Loss.meanGeometry(),
                mean,
                List.of(blocks, size),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Loss::lossMean,
                                context,
                                at.offsets(),
                                at.row(),
                                mean.f(0),
                                mean.f(1),
                                at.column(),
                                blocks,
                                size));
    }

    @Override
    public void adamW(
            Tensor settings,
            Tensor gradients,
            Tensor weights,
            Tensor firstMoment,
            Tensor secondMoment) {
        int size = weights.size();
        Arrays a =
                arrays().tensor(settings)
                        .tensor(gradients)
                        .tensor(weights)
                        .tensor(firstMoment)
                        .tensor(secondMoment);
        task(
                "adamW",
                AdamW.geometry(size),
                a,
                List.of(size),
                (graph, id, at) ->
                        graph.task(
                                id,
                                AdamW::adamWStep,
                                context,
                                at.offsets(),
                                at.row(),
                                a.f(0),
                                a.f(1),
                                a.f(2),
                                a.f(3),
                                a.f(4),
                                at.column(),
                                size));
    }

    @Override
    public void ema(Tensor weights, double decay, Tensor average) {
        mix((float) (1 - decay), weights, (float) decay, average);
    }

    // ---- states ---------------------------------------------------------------------------------

    @Override
    public void fill(float value, Tensor y) {
        int size = y.size();
        Arrays a = arrays().tensor(y);
        task(
                "fill",
                Elementwise.geometry(size),
                a,
                List.of(size, value),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Elementwise::fillState,
                                context,
                                at.offsets(),
                                at.row(),
                                a.f(0),
                                at.column(),
                                size,
                                value));
    }

    @Override
    public void copy(Tensor x, Tensor y) {
        int size = y.size();
        Arrays a = arrays().tensor(x).tensor(y);
        task(
                "copy",
                Elementwise.geometry(size),
                a,
                List.of(size),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Elementwise::copyState,
                                context,
                                at.offsets(),
                                at.row(),
                                a.f(0),
                                a.f(1),
                                at.column(),
                                size));
    }

    @Override
    public void add(Tensor x, Tensor y) {
        mix(1, x, 1, y);
    }

    @Override
    public void mix(float a, Tensor x, float b, Tensor y) {
        int size = y.size();
        Arrays arrays = arrays().tensor(x).tensor(y);
        task(
                "mix",
                Elementwise.geometry(size),
                arrays,
                List.of(size, a, b),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Elementwise::mixState,
                                context,
                                at.offsets(),
                                at.row(),
                                arrays.f(0),
                                arrays.f(1),
                                at.column(),
                                size,
                                a,
                                b));
    }

    @Override
    public void normal(IntTensor key, Tensor y) {
        int samples = y.dim(0);
        int length = y.size() / samples;
        Arrays a = arrays().ints(key).tensor(y);
        task(
                "normals",
                Normal.geometry(samples, length),
                a,
                List.of(length),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Normal::drawNormals,
                                context,
                                at.offsets(),
                                at.row(),
                                a.i(),
                                a.f(0),
                                at.column(),
                                length));
    }

    @Override
    public void residualNorms(Tensor next, Tensor previous, Tensor norms) {
        int samples = next.dim(0);
        int length = next.size() / samples;
        int blocks = Norms.blocks(length);
        TornadoBuffer partial = backend.scratch(Norms.scratch(samples, length));
        Arrays a = arrays().tensor(next).tensor(previous).scratch(partial);
        task(
                "residualBlocks",
                Norms.geometry(samples, length),
                a,
                List.of(length, blocks),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Norms::residualBlocks,
                                context,
                                at.offsets(),
                                at.row(),
                                a.f(0),
                                a.f(1),
                                a.f(2),
                                at.column(),
                                length,
                                blocks));
        Arrays roots = arrays().scratch(partial).tensor(norms);
        task(
                "residualRoots",
                Norms.rootsGeometry(samples),
                roots,
                List.of(samples, blocks),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Norms::residualRoots,
                                context,
                                at.offsets(),
                                at.row(),
                                roots.f(0),
                                roots.f(1),
                                at.column(),
                                samples,
                                blocks));
    }

    @Override
    public void select(IntTensor chosen, Tensor from, Tensor to) {
        int size = from.size();
        int length = size / from.dim(0);
        Arrays a = arrays().ints(chosen).tensor(from).tensor(to);
        task(
                "select",
                Elementwise.geometry(size),
                a,
                List.of(size, length),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Elementwise::selectSamples,
                                context,
                                at.offsets(),
                                at.row(),
                                a.i(),
                                a.f(0),
                                a.f(1),
                                at.column(),
                                size,
                                length));
    }

    // ---- histories of states --------------------------------------------------------------------

    @Override
    public void innerProducts(Tensor history, Tensor x, Tensor dots) {
        int states = history.dim(0);
        int samples = x.dim(0);
        int length = x.size() / samples;
        int blocks = Histories.blocks(length);
        TornadoBuffer partial = backend.scratch(Histories.scratch(states, samples, length));
        Arrays a = arrays().tensor(history).tensor(x).scratch(partial);
        task(
                "innerProductBlocks",
                Histories.blocksGeometry(states, samples, length),
                a,
                List.of(states, samples, length, blocks),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Histories::innerProductBlocks,
                                context,
                                at.offsets(),
                                at.row(),
                                a.f(0),
                                a.f(1),
                                a.f(2),
                                at.column(),
                                states,
                                samples,
                                length,
                                blocks));
        int count = states * samples;
        Arrays sums = arrays().scratch(partial).tensor(dots);
        task(
                "innerProductSums",
                Histories.sumsGeometry(states, samples),
                sums,
                List.of(count, blocks),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Histories::innerProductSums,
                                context,
                                at.offsets(),
                                at.row(),
                                sums.f(0),
                                sums.f(1),
                                at.column(),
                                count,
                                blocks));
    }

    @Override
    public void combine(Tensor coefficients, Tensor history, float beta, Tensor y) {
        int states = history.dim(0);
        int samples = y.dim(0);
        int length = y.size() / samples;
        Arrays a = arrays().tensor(coefficients).tensor(history).tensor(y);
        task(
                "combineStates",
                Histories.combineGeometry(length, samples),
                a,
                List.of(states, samples, length, beta),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Histories::combineStates,
                                context,
                                at.offsets(),
                                at.row(),
                                a.f(0),
                                a.f(1),
                                a.f(2),
                                at.column(),
                                states,
                                samples,
                                length,
                                beta));
    }
}
