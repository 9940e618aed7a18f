package dev.getj.serve;

import dev.getj.page.Html;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/** The files of the playground page, from our own jar. */
final class PageFiles {
    private PageFiles() {}

    static List<Endpoint> endpoints() {
        return List.of(
                file("/", "playground.html", "text/html; charset=utf-8"),
                file("/playground.css", "playground.css", "text/css; charset=utf-8"),
                file("/playground.js", "playground.js", "text/javascript; charset=utf-8"),
                fixed("/theme.css", Reply.text("text/css; charset=utf-8", Html.theme())),
                file("/favicon.svg", "favicon.svg", "image/svg+xml"));
    }

    private static Endpoint file(String path, String resource, String type) {
        try (InputStream file = PageFiles.class.getResourceAsStream(resource)) {
            return fixed(path, Reply.of(type, Objects.requireNonNull(file).readAllBytes()));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Endpoint fixed(String path, Reply reply) {
        return Endpoint.plain(path, _ -> reply);
    }
}
