package dev.getj.bench;

import java.util.ArrayList;
import java.util.List;

/** A matrix product by getj, OpenBLAS and libtorch. */
final class ProductComparison {
    /** Of the largest element: thousands of float products, summed in another order. */
    private static final double TOLERANCE = 1e-4;

    private ProductComparison() {}

    /** Every product of GET-T/2 at batch 8 and batch 1 and of GET-B/2 at batch 8. */
    static List<Product> all() {
        List<Product> products = new ArrayList<>();
        products.addAll(Product.of("GET-T/2", 8));
        products.addAll(Product.of("GET-T/2", 1));
        products.addAll(Product.of("GET-B/2", 8));
        return products;
    }

    /**
     * Times one product.
     *
     * @throws IllegalStateException if the three do not agree
     */
    static Comparison run(Product product, int threads, Race race) {
        Operands operands = Operands.of(product);
        try (Contender getj = new GetjProduct(operands, threads);
                Contender openBlas = new OpenBlasProduct(operands, threads);
                Contender torch = new TorchProduct(operands, threads)) {
            return new Comparison(
                    product.label(),
                    product.flops(),
                    race.run(List.of(getj, openBlas, torch), TOLERANCE));
        }
    }
}
