/**
 * Sampling from plain Java: {@code try (Sampler s = Sampler.load(path)) {
 * s.sample(SampleRequest.of(16)); }}.
 */
package dev.getj.sample;
