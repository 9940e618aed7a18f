package dev.getj.modules;

import java.io.File;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.lang.module.ResolvedModule;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The modules of getj, as they were built, and the libraries, of this test's class path. */
final class BuiltModules {
    static final String PREFIX = "dev.getj.";

    private static final ModuleFinder FINDER =
            ModuleFinder.of(
                    Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                            .map(Path::of)
                            .toArray(Path[]::new));

    private BuiltModules() {}

    /** All of getj, by name. */
    static List<ModuleReference> ofGetj() {
        return FINDER.findAll().stream()
                .filter(module -> name(module).startsWith(PREFIX))
                .sorted(Comparator.comparing(BuiltModules::name))
                .toList();
    }

    /** These modules and all that they require, without those of Java, by name. */
    static List<ModuleReference> required(String... roots) {
        Set<String> java =
                ModuleFinder.ofSystem().findAll().stream()
                        .map(BuiltModules::name)
                        .collect(Collectors.toSet());
        return Configuration.resolve(
                        FINDER,
                        List.of(ModuleLayer.boot().configuration()),
                        ModuleFinder.ofSystem(),
                        Set.of(roots))
                .modules()
                .stream()
                .map(ResolvedModule::reference)
                .filter(module -> !java.contains(name(module)))
                .sorted(Comparator.comparing(BuiltModules::name))
                .toList();
    }

    static String name(ModuleReference module) {
        return module.descriptor().name();
    }

    /** Where the modules lie, for an option of Java. */
    static String path(List<ModuleReference> modules) {
        return modules.stream()
                .map(module -> Path.of(module.location().orElseThrow()).toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
