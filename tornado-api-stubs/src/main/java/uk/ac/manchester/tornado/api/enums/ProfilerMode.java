package uk.ac.manchester.tornado.api.enums;

/** Whether a profile is printed after each execution or only kept. */
public enum ProfilerMode {
    CONSOLE,
    SILENT
}
