package dev.getj.study;

import dev.getj.kernels.op.LossKind;
import dev.getj.sample.SampleRequest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What answers the questions in one number each: errors of networks that are equal in steps, in
 * parameters, in the work of an image, or in the work of training.
 */
final class Comparisons {
    /** Networks of equal parameters differ by less than this share. */
    private static final double EQUAL_PARAMETERS = 0.1;

    /** Networks of equal work differ by less than this share. */
    private static final double EQUAL_WORK = 0.2;

    private final StudySettings settings;
    private final List<Learned> learned;

    Comparisons(StudySettings settings, List<Learned> learned) {
        this.settings = settings;
        this.learned = learned;
    }

    /** A network's errors by seed, where they are known, and what it is called. */
    private record Side(
            String name, double parameters, double work, TreeMap<Long, Double> errors) {}

    /** Those of some questions, in their order; none where errors were not measured. */
    List<Comparison> of(List<Question> questions) {
        return questions.stream().flatMap(this::of).toList();
    }

    private Stream<Comparison> of(Question question) {
        return switch (question) {
            case STEPS -> steps();
            case PARAMETERS -> parameters();
            case ITERATIONS -> settings.iterated().stream().flatMap(this::iterations);
            case PAIRS -> pairs();
            case LOSS ->
                    Stream.of(settings.get(), settings.vits().getFirst()).flatMap(this::losses);
            case CONTROLS -> controls();
        };
    }

    private Stream<Comparison> steps() {
        Student get = settings.get();
        long end = settings.steps();
        List<Comparison> all = new ArrayList<>();
        for (Student vit : List.of(settings.vits().getFirst(), settings.vits().getLast())) {
            for (long step : new long[] {end / 2, end}) {
                add(all, Question.STEPS, after(get, step), after(vit, step), steps(step));
            }
            long work = Math.min(work(get), work(vit)) * end;
            long some = work / work(get);
            long others = work / work(vit);
            String when = format("after equal work of training: %,d and %,d steps", some, others);
            add(all, Question.STEPS, after(get, some), after(vit, others), when);
        }
        return all.stream();
    }

    private Stream<Comparison> parameters() {
        List<Comparison> all = new ArrayList<>();
        for (Student get : settings.gets()) {
            Stream.concat(
                            nearest(get, Student::parameters, EQUAL_PARAMETERS),
                            nearest(get, Comparisons::work, EQUAL_WORK))
                    .distinct()
                    .forEach(
                            vit ->
                                    add(
                                            all,
                                            Question.PARAMETERS,
                                            last(get),
                                            last(vit),
                                            steps(settings.steps())));
        }
        return all.stream();
    }

    private Stream<Student> nearest(Student get, ToLongFunction<Student> size, double tolerance) {
        Function<Student, Double> difference =
                vit -> Math.abs(1 - (double) size.applyAsLong(vit) / size.applyAsLong(get));
        return settings.vits().stream().min(Comparator.comparing(difference)).stream()
                .filter(vit -> difference.apply(vit) < tolerance);
    }

    private Stream<Comparison> controls() {
        List<Comparison> all = new ArrayList<>();
        for (Student by : List.of(settings.get(), settings.vits().getFirst())) {
            for (Student control : settings.controls()) {
                String when = steps(settings.steps());
                add(all, Question.CONTROLS, last(control), last(by), when);
            }
        }
        return all.stream();
    }

    private Stream<Comparison> iterations(Student get) {
        List<Comparison> all = new ArrayList<>();
        int usual = SampleRequest.DEFAULT_ITERATIONS;
        int[][] each = {{usual / 2, 1}, {usual, usual / 2}, {Training.MOST_ITERATIONS, usual}};
        for (int[] pair : each) {
            String when = format("of %s", get.name());
            Side more = afterIterations(get, pair[0]);
            Side fewer = afterIterations(get, pair[1]);
            add(all, Question.ITERATIONS, more, fewer, when);
        }
        return all.stream();
    }

    private Side afterIterations(Student get, int k) {
        return side(
                k == 1 ? "1 iteration" : k + " iterations",
                get,
                k,
                usual(get).and(run -> !run.byIterations().isEmpty()),
                run -> error(run.byIterations().get(k - 1)));
    }

    private Stream<Comparison> pairs() {
        Student get = settings.get();
        List<Comparison> all = new ArrayList<>();
        Function<Long, Side> with =
                pairs ->
                        side(
                                format("%,d pairs", pairs),
                                get,
                                SampleRequest.DEFAULT_ITERATIONS,
                                run -> of(run, get, settings.loss(), pairs),
                                run -> error(run.last()));
        for (long pairs : settings.pairs()) {
            if (pairs < settings.mostPairs()) {
                Side most = with.apply(settings.mostPairs());
                add(all, Question.PAIRS, with.apply(pairs), most, "of " + get.name());
            }
        }
        return all.stream();
    }

    private Stream<Comparison> losses(Student student) {
        List<Comparison> all = new ArrayList<>();
        Function<LossKind, Side> with =
                loss ->
                        side(
                                StudyRun.label(loss),
                                student,
                                SampleRequest.DEFAULT_ITERATIONS,
                                run -> of(run, student, loss, settings.mostPairs()),
                                run -> error(run.last()));
        for (LossKind loss : LossKind.values()) {
            if (loss != settings.loss()) {
                Side usual = with.apply(settings.loss());
                add(all, Question.LOSS, with.apply(loss), usual, "of " + student.name());
            }
        }
        return all.stream();
    }

    private Side last(Student student) {
        return after(student, settings.steps());
    }

    private Side after(Student student, long step) {
        return side(
                student.name(),
                student,
                SampleRequest.DEFAULT_ITERATIONS,
                usual(student),
                run -> errorAfter(run, step));
    }

    private Side side(
            String name,
            Student student,
            int iterations,
            Predicate<Learned> wanted,
            Function<Learned, OptionalDouble> error) {
        TreeMap<Long, Double> errors = new TreeMap<>();
        learned.stream()
                .filter(wanted)
                .forEach(run -> error.apply(run).ifPresent(known -> errors.put(run.seed(), known)));
        return new Side(
                name, student.parameters(), student.multiplyAccumulates(iterations), errors);
    }

    private static void add(
            List<Comparison> all, Question question, Side over, Side under, String when) {
        double[][] both =
                over.errors().entrySet().stream()
                        .filter(entry -> under.errors().containsKey(entry.getKey()))
                        .map(
                                entry ->
                                        new double[] {
                                            entry.getValue(), under.errors().get(entry.getKey())
                                        })
                        .toArray(double[][]::new);
        if (both.length == 0) {
            return;
        }
        PairedRatio ratio =
                PairedRatio.of(
                        Stream.of(both).mapToDouble(pair -> pair[0]).toArray(),
                        Stream.of(both).mapToDouble(pair -> pair[1]).toArray());
        all.add(
                new Comparison(
                        question,
                        over.name(),
                        under.name(),
                        when,
                        over.parameters() / under.parameters(),
                        over.work() / under.work(),
                        ratio.mean(),
                        ratio.low(),
                        ratio.high(),
                        both.length));
    }

    /**
     * The error after some steps. Between two judgements it is taken to fall as a power of the
     * steps; before the first nothing is known.
     */
    static OptionalDouble errorAfter(Learned run, long step) {
        Learned.Point before = null;
        for (Learned.Point point : run.way()) {
            if (point.quality().pairError() == null) {
                return OptionalDouble.empty();
            }
            if (point.step() == step) {
                return error(point.quality());
            }
            if (point.step() > step) {
                return before == null
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(between(before, point, step));
            }
            before = point;
        }
        return OptionalDouble.empty();
    }

    private static double between(Learned.Point before, Learned.Point after, long step) {
        double share =
                Math.log((double) step / before.step())
                        / Math.log((double) after.step() / before.step());
        return before.quality().pairError()
                * Math.pow(after.quality().pairError() / before.quality().pairError(), share);
    }

    private static OptionalDouble error(Quality quality) {
        return quality.pairError() == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(quality.pairError());
    }

    private Predicate<Learned> usual(Student student) {
        return run -> of(run, student, settings.loss(), settings.mostPairs());
    }

    private static boolean of(Learned run, Student student, LossKind loss, long pairs) {
        return run.student().equals(student.name()) && run.loss() == loss && run.pairs() == pairs;
    }

    private static long work(Student student) {
        return student.multiplyAccumulates(SampleRequest.DEFAULT_ITERATIONS);
    }

    private static String steps(long step) {
        return format("after %,d steps", step);
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
