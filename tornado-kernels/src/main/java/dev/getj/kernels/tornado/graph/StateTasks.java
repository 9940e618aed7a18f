package dev.getj.kernels.tornado.graph;

import dev.getj.kernels.IntTensor;
import dev.getj.kernels.Tensor;
import dev.getj.kernels.tornado.Elementwise;
import dev.getj.kernels.tornado.Histories;
import dev.getj.kernels.tornado.Normal;
import dev.getj.kernels.tornado.Norms;

import java.util.List;

/** What is done to whole states, as tasks. */
final class StateTasks {
    private final Tasks tasks;

    StateTasks(Tasks tasks) {
        this.tasks = tasks;
    }

    void fill(float value, Tensor y) {
        int size = y.size();
        Arguments a = tasks.arguments().tensor(y);
        tasks.add(
                "fill",
                Elementwise.geometry(size),
                a,
                List.of(size, value),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Elementwise::fillState,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.column(),
                                size,
                                value));
    }

    void copy(Tensor x, Tensor y) {
        int size = y.size();
        Arguments a = tasks.arguments().tensor(x).tensor(y);
        tasks.add(
                "copy",
                Elementwise.geometry(size),
                a,
                List.of(size),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Elementwise::copyState,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.column(),
                                size));
    }

    void mix(float a, Tensor x, float b, Tensor y) {
        int size = y.size();
        Arguments arrays = tasks.arguments().tensor(x).tensor(y);
        tasks.add(
                "mix",
                Elementwise.geometry(size),
                arrays,
                List.of(size, a, b),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Elementwise::mixState,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.column(),
                                size,
                                a,
                                b));
    }

    void normal(IntTensor key, Tensor y) {
        int samples = y.dim(0);
        int length = y.size() / samples;
        Arguments a = tasks.arguments().ints(key).tensor(y);
        tasks.add(
                "normals",
                Normal.geometry(samples, length),
                a,
                List.of(length),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Normal::drawNormals,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.row(),
                                at.f(0),
                                at.column(),
                                length));
    }

    void residualNorms(Tensor next, Tensor previous, Tensor norms) {
        int samples = next.dim(0);
        int length = next.size() / samples;
        int blocks = Norms.blocks(length);
        int partial = Norms.scratch(samples, length);
        Arguments a = tasks.arguments().tensor(next).tensor(previous).scratch(partial);
        tasks.add(
                "residualBlocks",
                Norms.geometry(samples, length),
                a,
                List.of(length, blocks),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Norms::residualBlocks,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.column(),
                                length,
                                blocks));
        Arguments roots = tasks.arguments().scratch(partial).tensor(norms);
        tasks.add(
                "residualRoots",
                Norms.rootsGeometry(samples),
                roots,
                List.of(samples, blocks),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Norms::residualRoots,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.column(),
                                samples,
                                blocks));
    }

    void select(IntTensor chosen, Tensor from, Tensor to) {
        int size = from.size();
        int length = size / from.dim(0);
        Arguments a = tasks.arguments().ints(chosen).tensor(from).tensor(to);
        tasks.add(
                "select",
                Elementwise.geometry(size),
                a,
                List.of(size, length),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Elementwise::selectSamples,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.column(),
                                size,
                                length));
    }

    void keepBest(Tensor norms, boolean relative, Tensor lowest, Tensor candidate, Tensor best) {
        int samples = candidate.dim(0);
        int length = candidate.size() / samples;
        int divide = relative ? 1 : 0;
        tasks.add(
                "keepBest",
                Norms.keepGeometry(samples, length),
                tasks.arguments().tensor(norms).tensor(lowest).tensor(candidate).tensor(best),
                List.of(length, divide),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Norms::keepBestSamples,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.f(3),
                                at.column(),
                                length,
                                divide));
        tasks.add(
                "lowerResiduals",
                Norms.rootsGeometry(samples),
                tasks.arguments().tensor(norms).tensor(lowest),
                List.of(samples, divide),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Norms::lowerResiduals,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.column(),
                                samples,
                                divide));
    }

    void innerProducts(Tensor history, Tensor x, Tensor dots) {
        int states = history.dim(0);
        int samples = x.dim(0);
        int length = x.size() / samples;
        int blocks = Histories.blocks(length);
        int partial = Histories.scratch(states, samples, length);
        Arguments a = tasks.arguments().tensor(history).tensor(x).scratch(partial);
        tasks.add(
                "innerProductBlocks",
                Histories.blocksGeometry(states, samples, length),
                a,
                List.of(states, samples, length, blocks),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Histories::innerProductBlocks,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.column(),
                                states,
                                samples,
                                length,
                                blocks));
        int count = states * samples;
        Arguments sums = tasks.arguments().scratch(partial).tensor(dots);
        tasks.add(
                "innerProductSums",
                Histories.sumsGeometry(states, samples),
                sums,
                List.of(count, blocks),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Histories::innerProductSums,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.column(),
                                count,
                                blocks));
    }

    void combine(Tensor coefficients, Tensor history, float beta, Tensor y) {
        int states = history.dim(0);
        int samples = y.dim(0);
        int length = y.size() / samples;
        Arguments a = tasks.arguments().tensor(coefficients).tensor(history).tensor(y);
        tasks.add(
                "combineStates",
                Histories.combineGeometry(length, samples),
                a,
                List.of(states, samples, length, beta),
                (graph, id, at) ->
                        graph.task(
                                id,
                                Histories::combineStates,
                                at.context(),
                                at.offsets(),
                                at.row(),
                                at.f(0),
                                at.f(1),
                                at.f(2),
                                at.column(),
                                states,
                                samples,
                                length,
                                beta));
    }
}
