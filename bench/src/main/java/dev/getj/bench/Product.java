package dev.getj.bench;

import dev.getj.model.ModelConfig;
import dev.getj.model.Presets;

import java.util.ArrayList;
import java.util.List;

/**
 * A matrix product as linear layers have it: y [R, O] = x [R, I] · weight [O, I]ᵀ + bias, or one of
 * its gradients.
 */
record Product(Kind kind, int rows, int inputs, int outputs) {
    /** Which operand is transposed. */
    enum Kind {
        /** {@code y = x Wᵀ + b}. */
        FORWARD("forward"),
        /** {@code dX = dY W}. */
        INPUT_GRADIENT("input gradient"),
        /** {@code dW += dYᵀ x}. */
        WEIGHT_GRADIENT("weight gradient");

        private final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    /** The layers of a block of the preset, {@code batch} images at once, in all three kinds. */
    static List<Product> of(String preset, int batch) {
        ModelConfig config = Presets.byName(preset);
        int rows = batch * config.tokens();
        int width = config.width();
        int hidden = config.kind().blocks().hidden(width);
        int[][] layers = {{width, 3 * width}, {width, width}, {width, hidden}, {hidden, width}};
        List<Product> products = new ArrayList<>();
        for (int[] layer : layers) {
            for (Kind kind : Kind.values()) {
                products.add(new Product(kind, rows, layer[0], layer[1]));
            }
        }
        return products;
    }

    double flops() {
        return 2.0 * rows * inputs * outputs;
    }

    String label() {
        return "%s × %s × %s, %s".formatted(rows, inputs, outputs, kind.label);
    }
}
