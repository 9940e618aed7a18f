package dev.getj.cli;

/** Shows nothing. */
record SilentProgress() implements Progress {
    @Override
    public void at(long done) {}

    @Override
    public void figures(String text) {}

    @Override
    public void close() {}
}
