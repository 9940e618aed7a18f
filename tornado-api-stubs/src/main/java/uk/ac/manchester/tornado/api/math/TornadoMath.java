package uk.ac.manchester.tornado.api.math;

/**
 * What kernels call instead of {@link Math}: a backend has an instruction for each. There is no erf
 * and no fma.
 */
public class TornadoMath {
    private TornadoMath() {}

    /** e to the power of {@code a}. */
    public static float exp(float a) {
        return (float) Math.exp(a);
    }

    /** e to the power of {@code a}. */
    public static double exp(double a) {
        return Math.exp(a);
    }

    /** The natural logarithm. */
    public static float log(float a) {
        return (float) Math.log(a);
    }

    /** The natural logarithm. */
    public static double log(double a) {
        return Math.log(a);
    }

    /** The logarithm to base 2. */
    public static float log2(float a) {
        return (float) (Math.log(a) / Math.log(2));
    }

    /** The logarithm to base 2. */
    public static double log2(double a) {
        return Math.log(a) / Math.log(2);
    }

    /** The square root. */
    public static float sqrt(float a) {
        return (float) Math.sqrt(a);
    }

    /** The square root. */
    public static double sqrt(double a) {
        return Math.sqrt(a);
    }

    /** The sine of an angle in radians. */
    public static float sin(float a) {
        return (float) Math.sin(a);
    }

    /** The sine of an angle in radians. */
    public static double sin(double a) {
        return Math.sin(a);
    }

    /** The cosine of an angle in radians. */
    public static float cos(float a) {
        return (float) Math.cos(a);
    }

    /** The cosine of an angle in radians. */
    public static double cos(double a) {
        return Math.cos(a);
    }

    /** The hyperbolic tangent. */
    public static float tanh(float a) {
        return (float) Math.tanh(a);
    }

    /** The hyperbolic tangent. */
    public static double tanh(double a) {
        return Math.tanh(a);
    }

    /** The next whole number below. */
    public static float floor(float a) {
        return (float) Math.floor(a);
    }

    /** The next whole number below. */
    public static double floor(double a) {
        return Math.floor(a);
    }

    /** The next whole number above. */
    public static float ceil(float a) {
        return (float) Math.ceil(a);
    }

    /** The next whole number above. */
    public static double ceil(double a) {
        return Math.ceil(a);
    }

    /** The magnitude. */
    public static float abs(float a) {
        return Math.abs(a);
    }

    /** The smaller of two. */
    public static float min(float a, float b) {
        return Math.min(a, b);
    }

    /** The larger of two. */
    public static float max(float a, float b) {
        return Math.max(a, b);
    }

    /** {@code val} held between {@code min} and {@code max}. */
    public static float clamp(float val, float min, float max) {
        return Math.min(Math.max(val, min), max);
    }

    /** The magnitude. */
    public static double abs(double a) {
        return Math.abs(a);
    }

    /** The smaller of two. */
    public static double min(double a, double b) {
        return Math.min(a, b);
    }

    /** The larger of two. */
    public static double max(double a, double b) {
        return Math.max(a, b);
    }

    /** {@code val} held between {@code min} and {@code max}. */
    public static double clamp(double val, double min, double max) {
        return Math.min(Math.max(val, min), max);
    }

    /** The magnitude. */
    public static int abs(int a) {
        return Math.abs(a);
    }

    /** The smaller of two. */
    public static int min(int a, int b) {
        return Math.min(a, b);
    }

    /** The larger of two. */
    public static int max(int a, int b) {
        return Math.max(a, b);
    }

    /** {@code val} held between {@code min} and {@code max}. */
    public static int clamp(int val, int min, int max) {
        return Math.min(Math.max(val, min), max);
    }

    /** The magnitude. */
    public static long abs(long a) {
        return Math.abs(a);
    }

    /** The smaller of two. */
    public static long min(long a, long b) {
        return Math.min(a, b);
    }

    /** The larger of two. */
    public static long max(long a, long b) {
        return Math.max(a, b);
    }

    /** {@code val} held between {@code min} and {@code max}. */
    public static long clamp(long val, long min, long max) {
        return Math.min(Math.max(val, min), max);
    }

    /** {@code a} to the power of {@code b}. */
    public static float pow(float a, float b) {
        return (float) Math.pow(a, b);
    }

    /** {@code a} to the power of {@code b}. */
    public static double pow(double a, double b) {
        return Math.pow(a, b);
    }

    /** The ratio of a circle's circumference to its diameter. */
    public static float floatPI() {
        return (float) Math.PI;
    }

    /** The ratio of a circle's circumference to its diameter. */
    public static double PI() {
        return Math.PI;
    }
}
