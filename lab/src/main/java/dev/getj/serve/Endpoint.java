package dev.getj.serve;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.function.Function;

/**
 * Something that can be asked for.
 *
 * @param parameters that it takes, all of them optional or not
 * @param samples whether the network is asked, so that requests may have to wait
 */
record Endpoint(
        String path,
        SequencedSet<String> parameters,
        boolean samples,
        Function<Query, Reply> answer) {

    static Endpoint plain(String path, Function<Query, Reply> answer) {
        return new Endpoint(path, new LinkedHashSet<>(), false, answer);
    }

    static Endpoint sampling(String path, List<String> parameters, Function<Query, Reply> answer) {
        return new Endpoint(path, new LinkedHashSet<>(parameters), true, answer);
    }
}
