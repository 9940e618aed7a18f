/** Programs that embed the sampler. */
module dev.getj.examples {
    requires dev.getj.model;
    requires dev.getj.weights;
}
