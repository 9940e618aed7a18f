package dev.getj.bench;

import dev.getj.io.GetjException;
import dev.getj.model.ModelConfig;
import dev.getj.model.Presets;

import org.openjdk.jmh.runner.RunnerException;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code bench/run}: which benchmarks, how long, on how many threads. */
@Command(
        name = "bench/run",
        sortOptions = false,
        usageHelpAutoWidth = true,
        description =
                "getj beside ONNX Runtime, libtorch and OpenBLAS, and its kernels beside this"
                        + " machine's roofs. Prints tables; report.md and charts go to --out.")
public final class Main implements Callable<Integer> {
    /** What can be measured. */
    enum Part {
        models,
        products,
        kernels,
        allocation,
        narrow,
        all
    }

    @Parameters(
            arity = "0..*",
            paramLabel = "PART",
            description = "${COMPLETION-CANDIDATES}; all of them by default.")
    List<Part> parts = List.of(Part.all);

    @Option(
            names = "--threads",
            defaultValue = "2",
            description = "For everybody; default ${DEFAULT-VALUE}.")
    int threads;

    @Option(
            names = "--rounds",
            defaultValue = "7",
            description = "Turns of each contender; default ${DEFAULT-VALUE}.")
    int rounds;

    @Option(
            names = "--turn",
            paramLabel = "SECONDS",
            description =
                    "What a turn takes at least; one run always. Default 0 for models, 0.2 for"
                            + " products.")
    Double turn;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description =
                    "Of each contender; of each kernel in each fork, which is then measured as"
                            + " long; of training. Default 10 for models, 1 for products, 2 for"
                            + " kernels, 30 for allocation.")
    Double warmUp;

    @Option(
            names = "--forks",
            defaultValue = "3",
            description = "Java processes for each kernel; default ${DEFAULT-VALUE}.")
    int forks;

    @Option(
            names = "--samplers",
            split = ",",
            paramLabel = "MODEL@BATCH",
            defaultValue = "GET-T/2@1,GET-T/2@8,GET-B/2@4",
            description = "Which models, and how many images at once; default ${DEFAULT-VALUE}.")
    List<String> samplers;

    @Option(names = "--kernels", split = ",", description = "Which kernels; all by default.")
    List<String> kernels = List.of();

    @Option(
            names = "--products",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "Only products whose name has this in it, such as '2048 × 256'.")
    String products;

    @Option(
            names = "--model",
            defaultValue = "GET-T/2",
            description = "Of kernels and allocation; default ${DEFAULT-VALUE}.")
    String model;

    @Option(
            names = "--batch",
            defaultValue = "8",
            description = "Of kernels and allocation; default ${DEFAULT-VALUE}.")
    int batch;

    @Option(
            names = "--java",
            description =
                    "An option for Java, such as -XX:UseAVX=2; may be repeated. All is measured in"
                            + " a process with it, the roofs as well; peers are what they are.")
    List<String> java = List.of();

    @Option(names = "--in-process", hidden = true, description = "This process has --java.")
    boolean inProcess;

    @Option(
            names = "--out",
            defaultValue = "bench/target/report",
            description = "Folder; default ${DEFAULT-VALUE}.")
    Path out;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this.")
    boolean help;

    @Spec CommandSpec spec;

    /** Runs what is asked for and ends Java. */
    public static void main(String[] arguments) {
        int exit =
                new CommandLine(new Main())
                        .setExecutionExceptionHandler(Main::failed)
                        .execute(arguments);
        System.exit(exit);
    }

    private static int failed(
            Exception failure, CommandLine command, CommandLine.ParseResult arguments)
            throws Exception {
        if (failure instanceof GetjException
                || failure instanceof IllegalArgumentException
                || failure instanceof IllegalStateException) {
            System.err.println("getj: " + failure.getMessage());
            return failure instanceof IllegalArgumentException ? 2 : 1;
        }
        throw failure;
    }

    @Override
    public Integer call() throws IOException, RunnerException {
        if (!java.isEmpty() && !inProcess) {
            List<String> again =
                    new ArrayList<>(spec.commandLine().getParseResult().originalArgs());
            again.add("--in-process");
            JavaProcess.run(java, again);
            return 0;
        }
        Files.createDirectories(out);
        Report report = new Report(out);
        if (!java.isEmpty()) {
            report.say(
                    "Java with %s, which narrows getj and the roof of multiply-adds, and no peer."
                            .formatted(String.join(" ", java)));
        }
        Roofs roofs = Roofs.measure(threads);
        report.say("This machine does at most " + roofs.describe() + ".");
        if (asked(Part.models)) {
            models(report);
        }
        if (asked(Part.products)) {
            products(report, roofs);
        }
        if (asked(Part.kernels)) {
            kernels(report, roofs);
        }
        if (asked(Part.allocation)) {
            allocation(report);
        }
        if (asked(Part.narrow) && !inProcess) {
            narrow(report);
        }
        System.err.println("report: " + report.write());
        return 0;
    }

    private boolean asked(Part part) {
        return parts.contains(part) || parts.contains(Part.all);
    }

    private void models(Report report) throws IOException {
        report.say(
                "Noise to images, %s iterations, %s threads; median (best … worst) and GFLOP/s."
                        .formatted(ModelComparison.ITERATIONS, threads));
        Race race = new Race(or(warmUp, 10), rounds, or(turn, 0));
        List<Comparison> done = new ArrayList<>();
        for (ModelComparison.Case asked :
                samplers.stream().map(ModelComparison.Case::parse).toList()) {
            done.add(ModelComparison.run(asked, threads, race));
            if (done.size() == 1) {
                report.heading(names(done), null);
            }
            report.row(done.getLast(), null);
        }
        report.chart(
                "models",
                "Time of a batch over getj's: above 1 is slower than getj",
                "times getj's median",
                done,
                (comparison, contender) ->
                        comparison.times().get(contender).medianMs()
                                / comparison.times().get(Comparison.GETJ).medianMs());
    }

    private void products(Report report, Roofs measured) {
        Roofs roofs = measured;
        report.say(
                "Matrix products, R × I × O, %s threads; median (best … worst) and GFLOP/s."
                        .formatted(threads));
        Race race = new Race(or(warmUp, 1), rounds, or(turn, 0.2));
        List<Comparison> done = new ArrayList<>();
        for (Product product : ProductComparison.all()) {
            if (!product.label().contains(products)) {
                continue;
            }
            done.add(ProductComparison.run(product, threads, race));
            roofs = roofs.again();
            if (done.size() == 1) {
                report.heading(names(done), roofs);
            }
            report.row(done.getLast(), roofs);
        }
        if (done.isEmpty()) {
            throw new IllegalArgumentException("no product's name has '" + products + "' in it");
        }
        report.shares(done, roofs);
        double roof = roofs.gflops();
        report.chart(
                "products",
                "Matrix products, share of the fused multiply-add roof",
                "%",
                done,
                (comparison, contender) -> 100 * comparison.gflops(contender) / roof);
    }

    private void kernels(Report report, Roofs roofs) throws RunnerException {
        List<String> all = List.copyOf(KernelTable.names());
        List<String> chosen = kernels.isEmpty() ? all : kernels;
        for (String kernel : chosen) {
            if (!all.contains(kernel)) {
                throw new IllegalArgumentException(
                        "no kernel is called '%s'; there are %s"
                                .formatted(kernel, String.join(", ", all)));
            }
        }
        report.say("Kernels of %s at batch %s, %s threads.".formatted(model, batch, threads));
        KernelTable table = new KernelTable(model, batch, roofs);
        String title = "Kernels of %s at batch %s".formatted(model, batch);
        KernelTable.Effort effort = new KernelTable.Effort(forks, or(warmUp, 2));
        report.kernels("kernels", title, table.measure(chosen, effort));
    }

    private void allocation(Report report) {
        ModelConfig config = Presets.byName(model);
        for (boolean recompute : new boolean[] {false, true}) {
            long bytes =
                    Allocation.ofTrainingStep(
                            config, batch, threads, recompute, or(warmUp, 30), rounds);
            report.say(
                    "A training step of %s at batch %s%s allocates %s bytes."
                            .formatted(model, batch, recompute ? ", recomputing," : "", bytes));
        }
    }

    // models and products again, with vectors as other processors have them
    private void narrow(Report report) throws IOException {
        List<String> options = NarrowVectors.options();
        if (options.isEmpty()) {
            report.say("Vectors are as short as they get: there is nothing narrower.");
        }
        for (String option : options) {
            Path folder = out.resolve(option.replaceAll("[^A-Za-z0-9]+", "-").substring(1));
            List<String> again = new ArrayList<>(List.of("models", "products"));
            again.addAll(List.of("--threads", Integer.toString(threads)));
            again.addAll(List.of("--rounds", Integer.toString(rounds)));
            again.addAll(List.of("--samplers", String.join(",", samplers)));
            again.addAll(List.of("--products", products));
            if (turn != null) {
                again.addAll(List.of("--turn", turn.toString()));
            }
            if (warmUp != null) {
                again.addAll(List.of("--warm-up", warmUp.toString()));
            }
            again.addAll(List.of("--out", folder.toString(), "--java", option, "--in-process"));
            JavaProcess.run(List.of(option), again);
            report.include(folder);
        }
    }

    private static List<String> names(List<Comparison> comparisons) {
        return List.copyOf(comparisons.getFirst().times().keySet());
    }

    private static double or(Double asked, double otherwise) {
        return asked == null ? otherwise : asked;
    }
}
