package dev.getj.log;

/** Formats that a run can be logged in beside its {@code metrics.jsonl}. */
public enum LogKind {
    /** Event files of TensorBoard. */
    TENSORBOARD,
    /** A table for spreadsheets and data frames. */
    CSV
}
