/** Files: safetensors, NumPy, torch, zip, and writing them atomically. */
@SuppressWarnings("module") // those that packages are exported to are built later
module dev.getj.formats {
    requires com.fasterxml.jackson.databind;

    exports dev.getj.io;
    exports dev.getj.io.torch to
            dev.getj.model,
            dev.getj.train;
}
