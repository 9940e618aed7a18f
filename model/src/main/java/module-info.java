/** GET and ViT, and {@link dev.getj.sample.Sampler}, the sampler to embed. */
module dev.getj.model {
    requires transitive dev.getj.formats;
    requires transitive dev.getj.solver;
    requires com.fasterxml.jackson.databind;

    exports dev.getj.convert;
    exports dev.getj.model;
    exports dev.getj.onnx;
    exports dev.getj.sample;
}
