package dev.getj.cli;

import dev.getj.data.ImageData;

/** What every command does with image data before it works: it is checked, and told what it is. */
final class DataCheck {
    private DataCheck() {}

    /**
     * Reads the first {@code count} images, and says in one line what was taken and left out.
     *
     * @throws dev.getj.io.GetjException naming images that cannot be read
     */
    static void run(CommonOptions common, ImageData images, long count) {
        try (Progress progress = common.progress("checking the data", "images", count)) {
            images.check(count, (done, _) -> progress.at(done));
        }
        common.note(images.summary().line());
    }
}
