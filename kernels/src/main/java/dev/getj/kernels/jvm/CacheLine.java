package dev.getj.kernels.jvm;

/**
 * Where cache lines begin in an array of floats. Java starts with {@code
 * -XX:ObjectAlignmentInBytes=64}, as the launcher asks it to, so every array begins at a line, and
 * its elements 16 bytes later, behind its header; a start at {@link #FIRST} has whole
 * vectors of 512 bits in a line each. Otherwise all is as right, and slower: a vector across two
 * lines takes two loads.
 */
final class CacheLine {
    /** The first element of an array that begins a cache line. */
    static final int FIRST = 12;

    private CacheLine() {}
}
