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
        try (Shown shown = new Shown(common, count)) {
            images.check(count, shown::at);
        }
        common.note(images.summary().line());
    }

    /** Progress that begins with the first image: data that cannot be bad has none to show. */
    private static final class Shown implements AutoCloseable {
        private final CommonOptions common;
        private final long count;
        private Progress progress;

        private Shown(CommonOptions common, long count) {
            this.common = common;
            this.count = count;
        }

        private void at(long done, long total) {
            if (progress == null) {
                progress = common.progress("checking the data", "images", count);
            }
            progress.at(done);
        }

        @Override
        public void close() {
            if (progress != null) {
                progress.close();
            }
        }
    }
}
