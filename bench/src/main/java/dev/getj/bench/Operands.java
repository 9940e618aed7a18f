package dev.getj.bench;

import java.util.Random;

/**
 * The numbers of a {@link Product}, row-major: the same for all that compute it.
 *
 * @param x [R, I]
 * @param weight [O, I]
 * @param bias [O]
 * @param dY [R, O]
 */
record Operands(Product product, float[] x, float[] weight, float[] bias, float[] dY) {
    static Operands of(Product product) {
        Random random = new Random(1);
        return new Operands(
                product,
                uniform(random, product.rows() * product.inputs()),
                uniform(random, product.outputs() * product.inputs()),
                uniform(random, product.outputs()),
                uniform(random, product.rows() * product.outputs()));
    }

    private static float[] uniform(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }
}
