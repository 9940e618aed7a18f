package dev.getj.study;

/**
 * The errors of one network on held-out pairs, relative to those of another, over paired seeds.
 *
 * @param network whose errors are divided
 * @param by the network whose errors they are divided by
 * @param when after which steps or iterations
 * @param parameters of the network, relative to the other
 * @param work multiply-accumulates of an image, relative to the other
 * @param ratio geometric mean over the seeds
 * @param low where the 95 % interval of Student's t begins; null with one seed
 * @param high where it ends
 * @param seeds that both were trained with
 */
public record Comparison(
        Question question,
        String network,
        String by,
        String when,
        double parameters,
        double work,
        double ratio,
        Double low,
        Double high,
        int seeds) {}
