package dev.getj.bench;

import dev.getj.sample.SampleRequest;
import dev.getj.sample.Sampler;

/** A network sampled by getj on the JVM. */
final class GetjModel implements Contender {
    private final Sampler sampler;
    private final float[] noise;
    private final float[] start;
    private final SampleRequest request;
    private float[] image;

    /**
     * @param sampler closed with this
     */
    GetjModel(Sampler sampler, float[] noise, float[] start, int batch, int iterations) {
        this.sampler = sampler;
        this.noise = noise;
        this.start = start;
        request = SampleRequest.of(batch).withIterations(iterations);
    }

    @Override
    public String name() {
        return "getj";
    }

    @Override
    public void run() {
        image = sampler.sample(noise, start, request).pixels();
    }

    @Override
    public float[] result() {
        return image;
    }

    @Override
    public void close() {
        sampler.close();
    }
}
