package dev.getj.kernels.selftest;

import dev.getj.kernels.Backend;
import dev.getj.kernels.op.Example;
import dev.getj.kernels.op.Examples;
import dev.getj.kernels.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** Runs every kernel on a backend and on one that is trusted, and compares. */
public final class SelfTest {
    /**
     * Largest error that passes, relative to the largest value of a result. Devices fuse and
     * reorder, and their exp, log and cos are off by a few units in the last place (PTX
     * approximates them to 5e-7 absolute); a wrong index or a missing barrier is off by the size of
     * the values.
     */
    public static final double TOLERANCE = 1e-4;

    private SelfTest() {}

    /**
     * The outcome of each example.
     *
     * @param trusted what is held to be right, such as the JVM backend
     * @param progress told how many examples have run
     */
    public static List<Outcome> run(Backend tested, Backend trusted, IntConsumer progress) {
        List<Recorded> actual = Recorded.all(tested);
        List<Recorded> expected = Recorded.all(trusted);
        List<String> failures = new ArrayList<>();
        for (int i = 0; i < actual.size(); i++) {
            expected.get(i).program().run();
            failures.add(failure(actual.get(i)));
            progress.accept(i + 1);
        }
        // read only now: a device brings a whole buffer back for each tensor
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < actual.size(); i++) {
            Recorded recorded = actual.get(i);
            Example example = recorded.example();
            double error =
                    failures.get(i).isEmpty()
                            ? error(expected.get(i).results(), recorded.results())
                            : Double.NaN;
            outcomes.add(
                    new Outcome(example.operation(), example.variant(), error, failures.get(i)));
        }
        return outcomes;
    }

    /** How many examples are run. */
    public static int examples() {
        return Examples.small().size();
    }

    /**
     * A kernel that cannot be compiled throws whatever the device's compiler throws, errors too.
     */
    private static String failure(Recorded recorded) {
        try {
            recorded.program().run();
            return "";
        } catch (VirtualMachineError serious) {
            throw serious;
        } catch (RuntimeException | Error problem) {
            return problem.toString();
        }
    }

    private static double error(List<Tensor> expected, List<Tensor> actual) {
        double worst = 0;
        for (int i = 0; i < expected.size(); i++) {
            // Math.max keeps a NaN
            worst = Math.max(worst, error(expected.get(i).get(), actual.get(i).get()));
        }
        return worst;
    }

    private static double error(float[] expected, float[] actual) {
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs((double) expected[i] - actual[i]));
        }
        return difference / largest;
    }
}
