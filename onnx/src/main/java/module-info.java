/** Teachers and feature networks from ONNX files, found by {@link java.util.ServiceLoader}. */
module dev.getj.onnx.runtime {
    requires dev.getj.train;
    requires com.microsoft.onnxruntime;

    provides dev.getj.diffusion.TeacherFormat with
            dev.getj.onnx.runtime.OnnxTeacherFormat;
    provides dev.getj.eval.FeatureFormat with
            dev.getj.onnx.runtime.OnnxFeatureFormat;
}
