package dev.getj.study;

/**
 * How good images are.
 *
 * @param frechet Fréchet distance of their features to those of drawn strokes
 * @param accuracy share that the classifier takes for the class they should be; null without one
 */
public record Quality(double frechet, Double accuracy) {}
