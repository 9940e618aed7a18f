package dev.getj.kernels.reference;

import static dev.getj.kernels.reference.DoubleBuffer.add;
import static dev.getj.kernels.reference.DoubleBuffer.get;
import static dev.getj.kernels.reference.DoubleBuffer.set;

import dev.getj.kernels.op.MatMulOp;
import dev.getj.kernels.tensor.Tensor;

import java.util.Arrays;

/** {@link MatMulOp}: the linear layer and its gradients, three loops each. */
final class Linear {
    private Linear() {}

    static void compute(MatMulOp operation) {
        switch (operation) {
            case MatMulOp.Linear(var x, var weight, var bias, var y) ->
                    forward(x, weight, bias.orElse(null), y);
            case MatMulOp.LinearGelu(var x, var weight, var bias, var pre, var y) -> {
                forward(x, weight, bias.orElse(null), y);
                gelu(pre.orElse(null), y);
            }
            case MatMulOp.LinearResidual(var x, var weight, var bias, var residual, var y) -> {
                double[] kept = values(residual);
                forward(x, weight, bias.orElse(null), y);
                for (int i = 0; i < y.size(); i++) {
                    add(y, i, kept[i % kept.length]);
                }
            }
            case MatMulOp.LinearInjected op -> {
                forward(op.x(), op.weight(), op.bias().orElse(null), op.y());
                inject(
                        op.y(),
                        op.injection().orElse(null),
                        op.column(),
                        op.condition().orElse(null));
            }
            case MatMulOp.LinearBackwardInput(var dY, var weight, var dX) ->
                    backwardInput(dY, weight, dX);
            case MatMulOp.LinearGeluBackwardInput(var dY, var weight, var pre, var dPre) -> {
                double[] kept = values(pre);
                backwardInput(dY, weight, dPre);
                for (int i = 0; i < kept.length; i++) {
                    set(dPre, i, get(dPre, i) * Gelu.derivative(kept[i]));
                }
            }
            case MatMulOp.LinearBackwardWeight(var dY, var x, var dWeight, var dBias) ->
                    backwardWeight(dY, x, dWeight, dBias.orElse(null));
            case MatMulOp.InjectionBackward(var dY, var dInjection, int column, var dCondition) ->
                    injectBackward(dY, dInjection.orElse(null), column, dCondition.orElse(null));
        }
    }

    // an operand that may be the result as well
    private static double[] values(Tensor tensor) {
        double[] values = new double[tensor.size()];
        Arrays.setAll(values, i -> get(tensor, i));
        return values;
    }

    private static void gelu(Tensor preActivation, Tensor y) {
        for (int i = 0; i < y.size(); i++) {
            double pre = get(y, i);
            if (preActivation != null) {
                set(preActivation, i, pre);
            }
            set(y, i, Gelu.value(pre));
        }
    }

    // x [R, I], weight [O, I], bias [O], y [R, O]
    private static void forward(Tensor x, Tensor weight, Tensor bias, Tensor y) {
        int inputs = weight.dim(1);
        int outputs = weight.dim(0);
        for (int r = 0; r < x.rows(); r++) {
            for (int o = 0; o < outputs; o++) {
                double sum = bias == null ? 0 : get(bias, o);
                for (int i = 0; i < inputs; i++) {
                    sum += get(x, r * inputs + i) * get(weight, o * inputs + i);
                }
                set(y, r * outputs + o, sum);
            }
        }
    }

    // y [R, O], injection [R, J], condition [B, O]
    private static void inject(Tensor y, Tensor injection, int column, Tensor condition) {
        int outputs = y.dim(-1);
        for (int r = 0; r < y.rows(); r++) {
            for (int o = 0; o < outputs; o++) {
                if (injection != null) {
                    add(y, r * outputs + o, get(injection, r * injection.dim(-1) + column + o));
                }
                if (condition != null) {
                    int sample = r / (y.rows() / condition.rows());
                    add(y, r * outputs + o, get(condition, sample * outputs + o));
                }
            }
        }
    }

    // the transpose of inject
    private static void injectBackward(
            Tensor dY, Tensor dInjection, int column, Tensor dCondition) {
        int outputs = dY.dim(-1);
        for (int r = 0; r < dY.rows(); r++) {
            for (int o = 0; o < outputs; o++) {
                double slope = get(dY, r * outputs + o);
                if (dInjection != null) {
                    add(dInjection, r * dInjection.dim(-1) + column + o, slope);
                }
                if (dCondition != null) {
                    int sample = r / (dY.rows() / dCondition.rows());
                    add(dCondition, sample * outputs + o, slope);
                }
            }
        }
    }

    // dY [R, O], weight [O, I], dX [R, I]
    private static void backwardInput(Tensor dY, Tensor weight, Tensor dX) {
        int inputs = weight.dim(1);
        int outputs = weight.dim(0);
        for (int r = 0; r < dY.rows(); r++) {
            for (int i = 0; i < inputs; i++) {
                double sum = 0;
                for (int o = 0; o < outputs; o++) {
                    sum += get(dY, r * outputs + o) * get(weight, o * inputs + i);
                }
                set(dX, r * inputs + i, sum);
            }
        }
    }

    // dY [R, O], x [R, I], dWeight [O, I], dBias [O]
    private static void backwardWeight(Tensor dY, Tensor x, Tensor dWeight, Tensor dBias) {
        int inputs = dWeight.dim(1);
        int outputs = dWeight.dim(0);
        for (int r = 0; r < dY.rows(); r++) {
            for (int o = 0; o < outputs; o++) {
                double slope = get(dY, r * outputs + o);
                for (int i = 0; i < inputs; i++) {
                    add(dWeight, o * inputs + i, slope * get(x, r * inputs + i));
                }
                if (dBias != null) {
                    add(dBias, o, slope);
                }
            }
        }
    }
}
