package dev.getj.kernels;

/**
 * Is told how far a device has come with compiling what is recorded. Kernels are compiled when
 * their program runs for the first time, so the seconds include those first runs.
 */
public interface CompilationListener {
    /** For those who need not know. */
    CompilationListener NONE =
            new CompilationListener() {
                @Override
                public void compiled(int kernels, int recorded, double seconds) {}

                @Override
                public void finished(int kernels, double seconds) {}
            };

    /** {@code kernels} of those {@code recorded} are compiled, after so many seconds. */
    void compiled(int kernels, int recorded, double seconds);

    /** All that is recorded is compiled, or the backend is closed. */
    void finished(int kernels, double seconds);
}
