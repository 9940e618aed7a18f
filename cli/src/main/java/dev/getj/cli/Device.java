package dev.getj.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.Iterator;
import java.util.Locale;
import java.util.stream.Stream;

/** What {@code --device} names: a kind and, where there may be several, which one. */
record Device(Kind kind, int index) {
    /** The ways to compute. */
    enum Kind {
        JVM,
        OPENCL,
        PTX,
        CUDA,
        AUTO;

        boolean numbered() {
            return this != JVM && this != AUTO;
        }
    }

    static final String CHOICES = "jvm, opencl[:i], ptx[:i], cuda[:i] or auto";

    @Override
    public String toString() {
        String name = kind.name().toLowerCase(Locale.ROOT);
        return kind.numbered() ? name + ":" + index : name;
    }

    /** What a shell completes. */
    static final class Candidates implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Stream.of(Kind.values())
                    .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                    .iterator();
        }
    }

    /** Reads the option's value. */
    static final class Converter implements ITypeConverter<Device> {
        @Override
        public Device convert(String value) {
            String[] parts = value.split(":", -1);
            for (Kind kind : Kind.values()) {
                if (!kind.name().equalsIgnoreCase(parts[0])) {
                    continue;
                }
                if (parts.length == 1) {
                    return new Device(kind, 0);
                }
                if (parts.length == 2 && kind.numbered() && parts[1].matches("\\d{1,4}")) {
                    return new Device(kind, Integer.parseInt(parts[1]));
                }
            }
            throw new TypeConversionException("'" + value + "' is not " + CHOICES);
        }
    }
}
