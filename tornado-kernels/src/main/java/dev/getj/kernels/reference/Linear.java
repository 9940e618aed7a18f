package dev.getj.kernels.reference;

import static dev.getj.kernels.reference.ReferenceKernels.add;
import static dev.getj.kernels.reference.ReferenceKernels.get;
import static dev.getj.kernels.reference.ReferenceKernels.set;

import dev.getj.kernels.Tensor;

/** The linear layer and its gradients, three loops each. */
final class Linear {
    private Linear() {}

    // x [R, I], weight [O, I], bias [O], y [R, O]
    static void forward(Tensor x, Tensor weight, Tensor bias, Tensor y) {
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
    static void inject(Tensor y, Tensor injection, int column, Tensor condition) {
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
    static void injectBackward(Tensor dY, Tensor dInjection, int column, Tensor dCondition) {
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
    static void backwardInput(Tensor dY, Tensor weight, Tensor dX) {
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
    static void backwardWeight(Tensor dY, Tensor x, Tensor dWeight, Tensor dBias) {
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
