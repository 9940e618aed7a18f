/**
 * Trained weights, by the names {@code builtin:…}; no code. Nothing requires this module: add it
 * with {@code --add-modules}.
 */
module dev.getj.weights {
    opens dev.getj.weights;
}
