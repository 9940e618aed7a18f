/** Files: safetensors, NumPy, torch, zip, and writing them atomically. */
module dev.getj.formats {
    requires com.fasterxml.jackson.databind;

    exports dev.getj.io;
    exports dev.getj.io.torch;
}
