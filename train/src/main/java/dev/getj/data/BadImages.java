package dev.getj.data;

import dev.getj.io.GetjException;

import java.util.ArrayList;
import java.util.List;

/** Images that could not be read, named together. */
final class BadImages {
    private static final int NAMED = 3;

    private final List<String> reasons = new ArrayList<>();
    private long count;

    void add(GetjException reason) {
        count++;
        if (reasons.size() < NAMED) {
            reasons.add(reason.getMessage());
        }
    }

    /**
     * @param checked images in all
     * @throws GetjException naming a few and counting the others, if there are any
     */
    void report(long checked) {
        if (count == 1) {
            throw new GetjException(reasons.getFirst());
        }
        if (count > 0) {
            throw new GetjException(
                    "%s of %s images cannot be read: %s%s"
                            .formatted(
                                    count,
                                    checked,
                                    String.join("; ", reasons),
                                    count > NAMED ? "; and %s more".formatted(count - NAMED) : ""));
        }
    }
}
