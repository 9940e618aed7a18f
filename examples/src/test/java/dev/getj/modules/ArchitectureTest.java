package dev.getj.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleReference;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The structure of docs/architecture.md, held against the descriptors and the compiled classes. */
class ArchitectureTest {
    /** Which modules of getj each module requires, without {@code dev.getj.}; all there are. */
    private static final Map<String, Set<String>> REQUIRED =
            Map.ofEntries(
                    Map.entry("kernels", Set.of()),
                    Map.entry("formats", Set.of()),
                    Map.entry("weights", Set.of()),
                    Map.entry("kernels.tornado", Set.of("kernels")),
                    Map.entry("kernels.cublas", Set.of("kernels", "kernels.tornado")),
                    Map.entry("solver", Set.of("kernels")),
                    Map.entry("model", Set.of("formats", "solver")),
                    Map.entry("pictures", Set.of("model")),
                    Map.entry("train", Set.of("pictures")),
                    Map.entry("onnx.runtime", Set.of("train")),
                    Map.entry("lab", Set.of("train")),
                    Map.entry("cli", Set.of("lab")),
                    Map.entry("examples", Set.of("model", "weights")));

    private static final List<PackageUse> USES =
            BuiltModules.ofGetj().stream().map(PackageUse::of).toList();

    @Test
    void modulesRequireEachOtherInOneDirection() {
        Map<String, Set<String>> found = new TreeMap<>();
        for (ModuleReference module : BuiltModules.ofGetj()) {
            Set<String> required =
                    module.descriptor().requires().stream()
                            .map(Requires::name)
                            .filter(name -> name.startsWith(BuiltModules.PREFIX))
                            .map(ArchitectureTest::shorter)
                            .collect(Collectors.toSet());
            found.put(shorter(BuiltModules.name(module)), required);
        }
        assertEquals(new TreeMap<>(REQUIRED), found);
    }

    /** Classes see more than descriptors say: what stands on the class path, for instance. */
    @Test
    void classesNameWhatTheirModuleRequires() {
        Map<String, String> owners = new TreeMap<>();
        USES.forEach(use -> use.used().keySet().forEach(name -> owners.put(name, use.module())));
        for (PackageUse use : USES) {
            Set<String> modules = new TreeSet<>();
            use.named().stream().filter(owners::containsKey).map(owners::get).forEach(modules::add);
            modules.remove(use.module());
            BuiltModules.required(use.module()).stream()
                    .map(BuiltModules::name)
                    .forEach(modules::remove);
            assertEquals(Set.of(), modules, () -> "named in " + use.module());
        }
    }

    /** What stands behind an interface of ours, or is large, stays where it is meant to be. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "uk.ac.manchester.tornado | kernels.cublas, kernels.tornado",
                "jdk.incubator.vector | kernels, cli",
                "ai.onnxruntime | onnx.runtime",
                "com.fasterxml.jackson | formats, model, train, lab, cli",
                "java.awt | pictures, train, lab, cli",
                "javax.imageio | pictures",
                "org.ejml | train",
                "org.knowm.xchart | train, lab",
                "com.sun.net.httpserver | lab",
                "picocli | cli",
                "me.tongfei.progressbar | cli",
            })
    void librariesAreNamedInTheseModules(String library, String modules) {
        Set<String> found =
                USES.stream()
                        .filter(use -> use.named().stream().anyMatch(it -> isIn(it, library)))
                        .map(use -> shorter(use.module()))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(new TreeSet<>(List.of(modules.split(", "))), found);
    }

    /** The list above is complete. */
    @Test
    void noOtherLibraryIsNamed() {
        List<String> known =
                List.of(
                        "dev.getj",
                        "java",
                        "javax.imageio",
                        "sun.misc", // signals, in cli
                        "uk.ac.manchester.tornado",
                        "jdk.incubator.vector",
                        "ai.onnxruntime",
                        "com.fasterxml.jackson",
                        "org.ejml",
                        "org.knowm.xchart",
                        "com.sun.net.httpserver",
                        "picocli",
                        "me.tongfei.progressbar");
        Set<String> others =
                USES.stream()
                        .flatMap(use -> use.named().stream())
                        .filter(name -> known.stream().noneMatch(it -> isIn(name, it)))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of(), others);
    }

    @Test
    void packagesOfAModuleFormNoCircles() {
        for (PackageUse use : USES) {
            assertEquals(Set.of(), use.circle(), use::module);
        }
    }

    /** Layers of one module, from the bottom: each names packages of those before it alone. */
    @Test
    void kernelsAreLayered() {
        String kernels = "dev.getj.kernels";
        PackageUse use =
                USES.stream().filter(it -> it.module().equals(kernels)).findFirst().orElseThrow();
        List<Set<String>> layers =
                List.of(
                        Set.of("tensor"),
                        Set.of("op"),
                        Set.of(""),
                        Set.of("reference", "jvm", "profile"),
                        Set.of("selftest"),
                        Set.of("device"));
        Set<String> below = new TreeSet<>();
        for (Set<String> layer : layers) {
            Set<String> names =
                    layer.stream()
                            .map(name -> name.isEmpty() ? kernels : kernels + "." + name)
                            .collect(Collectors.toSet());
            for (String name : names) {
                Set<String> above =
                        use.used().get(name).stream()
                                .filter(use.used()::containsKey)
                                .filter(it -> !below.contains(it))
                                .collect(Collectors.toSet());
                assertEquals(Set.of(), above, () -> "named in " + name);
            }
            below.addAll(names);
        }
        assertEquals(use.used().keySet(), below);
    }

    private static boolean isIn(String name, String root) {
        return name.equals(root) || name.startsWith(root + ".");
    }

    private static String shorter(String module) {
        return module.substring(BuiltModules.PREFIX.length());
    }
}
