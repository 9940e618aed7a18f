package dev.getj.profile;

import dev.getj.kernels.Backend;
import dev.getj.kernels.Program;
import dev.getj.kernels.op.Cost;
import dev.getj.kernels.op.Operand;
import dev.getj.kernels.op.Operation;
import dev.getj.kernels.profile.DryBackend;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a step computes, read off its programs without running them: the programs in the order in
 * which they first run, those that differ in nothing but the places of their tensors listed once.
 *
 * @param bytes of all tensors
 */
public record ProgramListing(List<Listed> programs, double flops, long bytes) {
    /**
     * A program.
     *
     * @param runs how often a step runs it, or one like it
     */
    public record Listed(String name, int runs, List<Line> operations) {}

    /**
     * An operation of a program.
     *
     * @param bytes moved if every operand is read or written once
     */
    public record Line(String operation, List<Shape> operands, double flops, double bytes) {
        private static Line of(Operation operation) {
            Cost cost = operation.cost();
            List<Shape> operands = operation.operands().stream().map(Shape::of).toList();
            return new Line(operation.name(), operands, cost.flops(), cost.bytes());
        }
    }

    /** A tensor of an operation. */
    public record Shape(String name, List<Integer> shape, boolean read, boolean written) {
        private static Shape of(Operand operand) {
            return new Shape(
                    operand.name(),
                    Arrays.stream(operand.tensor().shape()).boxed().toList(),
                    operand.read(),
                    operand.written());
        }

        @Override
        public String toString() {
            return name + " " + shape;
        }
    }

    private record Key(String name, List<Line> operations) {}

    /**
     * The programs of one step.
     *
     * @param work prepares a step on a backend
     */
    public static ProgramListing of(Function<Backend, Runnable> work) {
        DryBackend backend = new DryBackend();
        Runnable step = work.apply(backend);
        int before = backend.programsRun().size();
        step.run();
        List<Program> run = backend.programsRun();
        Map<Key, Integer> counts = new LinkedHashMap<>();
        for (Program program : run.subList(before, run.size())) {
            List<Line> lines = program.operations().stream().map(Line::of).toList();
            counts.merge(new Key(program.name(), lines), 1, Integer::sum);
        }
        List<Listed> listed =
                counts.entrySet().stream()
                        .map(
                                program ->
                                        new Listed(
                                                program.getKey().name,
                                                program.getValue(),
                                                program.getKey().operations))
                        .toList();
        double flops =
                listed.stream()
                        .mapToDouble(
                                program ->
                                        program.runs
                                                * program.operations.stream()
                                                        .mapToDouble(Line::flops)
                                                        .sum())
                        .sum();
        return new ProgramListing(listed, flops, backend.bytes());
    }

    /** For people: a line each operation, what it reads → what it writes, FLOPs, bytes. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Listed program : programs) {
            line(text, "%s%s", program.name, program.runs == 1 ? "" : " × " + program.runs);
            for (Line each : program.operations) {
                line(
                        text,
                        "  %-24s %10.1f MFLOP %9.2f MB   %s → %s",
                        each.operation,
                        each.flops * 1e-6,
                        each.bytes * 1e-6,
                        shapes(each.operands.stream().filter(Shape::read).toList()),
                        shapes(each.operands.stream().filter(Shape::written).toList()));
            }
        }
        line(text, "%n%.2f GFLOP a step; tensors take %.1f MB", flops * 1e-9, bytes * 1e-6);
        return text.toString();
    }

    private static String shapes(List<Shape> shapes) {
        return shapes.stream().map(Shape::toString).collect(Collectors.joining(", "));
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format + "%n", values));
    }
}
