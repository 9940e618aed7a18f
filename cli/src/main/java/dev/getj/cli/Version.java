package dev.getj.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: our version, from the jar, and Java's. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"getj " + number() + " (Java " + Runtime.version() + ")"};
    }

    /** The version in the jar's manifest; {@code development} when run from class files. */
    static String number() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
