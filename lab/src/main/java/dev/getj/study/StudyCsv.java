package dev.getj.study;

import java.util.ArrayList;
import java.util.List;

/** Every measurement of a study as comma-separated values, a line each. */
final class StudyCsv {
    private static final String HEAD =
            "student,loss,pairs,seed,step,iterations,held_out_error,frechet,accuracy";

    private StudyCsv() {}

    /**
     * A line for each point of each run, and for each number of iterations in sampling after its
     * end. Iterations are empty where they were as many as in training, and so is what was not
     * measured.
     */
    static String of(List<Learned> runs) {
        List<String> lines = new ArrayList<>();
        lines.add(HEAD);
        for (Learned run : runs) {
            for (Learned.Point point : run.way()) {
                lines.add(line(run, point.step(), "", point.quality()));
            }
            for (int k = 1; k <= run.byIterations().size(); k++) {
                long last = run.way().getLast().step();
                lines.add(line(run, last, Integer.toString(k), run.byIterations().get(k - 1)));
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private static String line(Learned run, long step, String iterations, Quality quality) {
        return String.join(
                ",",
                run.student(),
                StudyRun.label(run.loss()),
                Long.toString(run.pairs()),
                Long.toString(run.seed()),
                Long.toString(step),
                iterations,
                text(quality.pairError()),
                text(quality.frechet()),
                text(quality.accuracy()));
    }

    private static String text(Double value) {
        return value == null ? "" : Float.toString(value.floatValue());
    }
}
