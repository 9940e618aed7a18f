package dev.getj.convert;

import dev.getj.io.GetjException;
import dev.getj.io.StridedTensor;
import dev.getj.model.ParameterTable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * AdamW's moments in a checkpoint of the reference: {@code opt.state.<i>.exp_avg}, where i counts
 * the parameters in the order of the module, which is that of its {@code state_dict}.
 *
 * @param steps done so far
 * @param first moments by parameter
 * @param second as {@code first}
 */
record OptimizerState(
        long steps, Map<String, StridedTensor> first, Map<String, StridedTensor> second) {

    /**
     * @throws GetjException if there is none, or it belongs to another network
     */
    static OptimizerState read(NamedTensors file, Weights weights) {
        List<String> order = new ArrayList<>();
        for (String name : file.tensors().keySet()) {
            if (name.startsWith(weights.prefix())) {
                order.add(name.substring(weights.prefix().length()));
            }
        }
        Map<String, StridedTensor> first = new LinkedHashMap<>();
        Map<String, StridedTensor> second = new LinkedHashMap<>();
        ParameterTable table = new ParameterTable(weights.config());
        for (ParameterTable.Entry entry : table.trainedEntries()) {
            String state = "opt.state." + order.indexOf(entry.name()) + ".";
            first.put(entry.name(), moment(file, state + "exp_avg", entry));
            second.put(entry.name(), moment(file, state + "exp_avg_sq", entry));
        }
        String someStep =
                "opt.state." + order.indexOf(table.trainedEntries().getFirst().name()) + ".step";
        return new OptimizerState(steps(file, someStep), first, second);
    }

    private static StridedTensor moment(
            NamedTensors file, String name, ParameterTable.Entry entry) {
        StridedTensor tensor = file.tensors().get(name);
        if (tensor == null) {
            throw new GetjException(
                    "%s has no optimiser state for '%s': there is no '%s' in it"
                            .formatted(file.path(), entry.name(), name));
        }
        Weights.requireFit(tensor, entry);
        return tensor;
    }

    /** A number of steps, which newer versions of PyTorch keep as a tensor. */
    private static long steps(NamedTensors file, String name) {
        StridedTensor tensor = file.tensors().get(name);
        String text = file.settings().get(name);
        if (tensor != null && tensor.size() == 1) {
            double steps = tensor.dtype().isFloat() ? tensor.doubles()[0] : tensor.longs()[0];
            text = Long.toString((long) steps);
        }
        if (text == null || !text.matches("\\d{1,18}")) {
            throw new GetjException(
                    "%s: '%s' tells no number of steps".formatted(file.path(), name));
        }
        return Long.parseLong(text);
    }
}
