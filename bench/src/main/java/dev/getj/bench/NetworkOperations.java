package dev.getj.bench;

import dev.getj.kernels.Backend;
import dev.getj.kernels.op.AttentionOp;
import dev.getj.kernels.op.Example;
import dev.getj.kernels.op.Examples;
import dev.getj.kernels.op.ImageOp;
import dev.getj.kernels.op.Kernels;
import dev.getj.kernels.op.MatMulExamples;
import dev.getj.kernels.op.NormOp;
import dev.getj.kernels.op.Operation;
import dev.getj.kernels.tensor.IntTensor;
import dev.getj.kernels.tensor.Tensor;
import dev.getj.model.ModelConfig;
import dev.getj.model.ParameterTable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every operation at the shapes that it has in a network: the layers of an equilibrium block, and
 * states, images and parameters of that size.
 */
final class NetworkOperations {
    private static final int CLASSES = 10;

    private NetworkOperations() {}

    /**
     * An operation of each name, with operands on {@code backend}, in the order of the families.
     */
    static Map<String, Operation> of(Backend backend, ModelConfig config, int batch) {
        Map<String, Operation> operations = new LinkedHashMap<>();
        for (Example example : examples(config)) {
            if (!operations.containsKey(example.operation())) {
                operations.put(example.operation(), record(backend, example, batch));
            }
        }
        return operations;
    }

    // those of a family in the order of its file: the first of each name counts
    private static List<Example> examples(ModelConfig config) {
        int tokens = config.tokens();
        int width = config.width();
        int hidden = config.kind().blocks().hidden(width);
        int state = tokens * width;
        List<Example> examples = new ArrayList<>();
        examples.addAll(only("linear", MatMulExamples.of(tokens, width, width)));
        examples.addAll(only("linearInjected", MatMulExamples.of(tokens, width, 3 * width)));
        examples.addAll(only("injectionBackward", MatMulExamples.of(tokens, width, 3 * width)));
        examples.addAll(only("linearResidual", MatMulExamples.of(tokens, hidden, width)));
        examples.addAll(only("linearGeluBackwardInput", MatMulExamples.of(tokens, hidden, width)));
        examples.addAll(MatMulExamples.of(tokens, width, hidden));
        examples.addAll(NormOp.examples(tokens, width));
        examples.addAll(AttentionOp.examples(tokens, width, config.heads()));
        int patch = config.imageSize() / (int) Math.round(Math.sqrt(tokens));
        examples.addAll(ImageOp.patches(config.channels(), config.imageSize(), patch));
        examples.addAll(ImageOp.embeddings(CLASSES, 3 * width));
        examples.addAll(
                only(
                        "loss",
                        Examples.ofSize(
                                config.channels() * config.imageSize() * config.imageSize())));
        int parameters = new ParameterTable(config).size();
        examples.addAll(only("adamW", Examples.ofSize(parameters)));
        examples.addAll(only("ema", Examples.ofSize(parameters)));
        examples.addAll(Examples.ofSize(state));
        return examples;
    }

    private static List<Example> only(String operation, List<Example> examples) {
        return examples.stream().filter(each -> each.operation().equals(operation)).toList();
    }

    // the last operation of the example is the one it is of; what precedes it is run once
    private static Operation record(Backend backend, Example example, int batch) {
        Map<String, Tensor> tensors = new HashMap<>();
        for (Example.Operand operand : example.operands()) {
            Tensor tensor = backend.allocate(operand.shape(batch));
            tensors.put(operand.name(), tensor.set(operand.values(0, batch)));
        }
        Map<String, IntTensor> integers = new HashMap<>();
        example.ints()
                .forEach(
                        (name, values) ->
                                integers.put(
                                        name,
                                        backend.allocateInts(values.of(0, batch).length)
                                                .set(values.of(0, batch))));
        Example.Named named = new Example.Named(tensors, integers);
        List<Operation> operations = Kernels.record(k -> example.record(k, named));
        backend.compile(example.toString(), operations).run();
        return operations.getLast();
    }
}
