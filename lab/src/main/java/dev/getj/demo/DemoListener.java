package dev.getj.demo;

/** Watches a demo. */
public interface DemoListener {
    /** A part begins: {@code total} of {@code unit} are to be done. */
    void begin(String stage, String unit, long total);

    /**
     * {@code done} of the part are done; {@code figures} is what there is to say, perhaps nothing.
     */
    void at(long done, String figures);
}
