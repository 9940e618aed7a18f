package dev.getj.study;

/** Watches a study. */
public interface StudyListener {
    /** A part begins: {@code total} of {@code unit} are to be done. */
    void begin(String part, String unit, long total);

    /** {@code done} of the part are done; {@code figures} is what there is to say, or empty. */
    void at(long done, String figures);

    /** Something worth a line. */
    void note(String line);
}
