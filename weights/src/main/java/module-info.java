/**
 * Trained weights, by the names {@code builtin:…}; no code. No module of getj requires this one: a
 * program that samples with them does, or is started with {@code --add-modules dev.getj.weights}.
 */
module dev.getj.weights {
    opens dev.getj.weights;
}
