package dev.getj.study;

import dev.getj.kernels.op.LossKind;

import java.util.List;
import java.util.stream.Stream;

/** What the study asks; runs that several questions need are trained once. */
public enum Question {
    /** Quality against training steps: a GET, a ViT of its size, one five times larger (2a). */
    STEPS,
    /** Quality against parameters after equal steps, three sizes each (2b). */
    PARAMETERS,
    /** Quality and time against iterations in sampling (3a). */
    ITERATIONS,
    /** Quality against the number of pairs. */
    PAIRS,
    /** L1, L2 and pseudo-Huber. */
    LOSS,
    /** What explains the others: ViTs as deep as the GET, and GETs that differ in one thing. */
    CONTROLS;

    /** The runs that answer it, of one seed. */
    List<StudyRun> runs(StudySettings settings, long seed) {
        Student get = settings.get();
        List<Student> vits = settings.vits();
        return switch (this) {
            case STEPS ->
                    Stream.of(get, vits.getFirst(), vits.getLast())
                            .map(student -> settings.run(student, seed))
                            .toList();
            case PARAMETERS ->
                    Stream.concat(settings.gets().stream(), vits.stream())
                            .map(student -> settings.run(student, seed))
                            .toList();
            case ITERATIONS ->
                    settings.iterated().stream()
                            .map(student -> settings.run(student, seed))
                            .toList();
            case PAIRS ->
                    settings.pairs().stream()
                            .map(pairs -> new StudyRun(get, settings.loss(), pairs, seed))
                            .toList();
            case LOSS ->
                    Stream.of(get, vits.getFirst())
                            .flatMap(
                                    student ->
                                            Stream.of(LossKind.values())
                                                    .map(
                                                            loss ->
                                                                    new StudyRun(
                                                                            student,
                                                                            loss,
                                                                            settings.mostPairs(),
                                                                            seed)))
                            .toList();
            case CONTROLS ->
                    Stream.concat(Stream.of(get, vits.getFirst()), settings.controls().stream())
                            .map(student -> settings.run(student, seed))
                            .toList();
        };
    }
}
