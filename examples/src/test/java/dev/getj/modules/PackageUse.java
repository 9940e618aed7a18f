package dev.getj.modules;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which packages the classes of a module name, as compiled: what Javadoc alone names is not there.
 *
 * @param module name
 * @param used of each package of the module, the other packages that its classes name
 */
record PackageUse(String module, Map<String, SortedSet<String>> used) {
    /** Types in descriptors and signatures; a constant that looks like one would count, too. */
    private static final Pattern TYPE = Pattern.compile("L(\\w+(?:/[\\w$]+)+)[;<]");

    static PackageUse of(ModuleReference module) {
        Map<String, SortedSet<String>> used = new TreeMap<>();
        try (ModuleReader reader = module.open();
                var names = reader.list()) {
            for (String name : names.filter(PackageUse::isClass).toList()) {
                try (InputStream in = reader.open(name).orElseThrow()) {
                    ClassModel compiled = ClassFile.of().parse(in.readAllBytes());
                    String own = packageOf(compiled.thisClass().asInternalName());
                    SortedSet<String> others = used.computeIfAbsent(own, _ -> new TreeSet<>());
                    types(compiled).stream().map(PackageUse::packageOf).forEach(others::add);
                    others.remove(own);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new PackageUse(BuiltModules.name(module), used);
    }

    private static boolean isClass(String name) {
        return name.endsWith(".class") && !name.equals("module-info.class");
    }

    private static List<String> types(ClassModel compiled) {
        List<String> types = new ArrayList<>();
        for (PoolEntry entry : compiled.constantPool()) {
            if (entry instanceof ClassEntry type && type.asInternalName().charAt(0) != '[') {
                types.add(type.asInternalName());
            } else if (entry instanceof Utf8Entry text) {
                Matcher type = TYPE.matcher(text.stringValue());
                while (type.find()) {
                    types.add(type.group(1));
                }
            }
        }
        return types;
    }

    private static String packageOf(String type) {
        return type.substring(0, type.lastIndexOf('/')).replace('/', '.');
    }

    /** All packages that the module names. */
    SortedSet<String> named() {
        SortedSet<String> all = new TreeSet<>();
        used.values().forEach(all::addAll);
        return all;
    }

    /** The packages of the module that use each other in a circle. */
    SortedSet<String> circle() {
        SortedSet<String> circle = new TreeSet<>();
        for (String start : used.keySet()) {
            SortedSet<String> reached = new TreeSet<>();
            List<String> next = new ArrayList<>(List.of(start));
            while (!next.isEmpty()) {
                for (String name : used.getOrDefault(next.removeLast(), new TreeSet<>())) {
                    if (used.containsKey(name) && reached.add(name)) {
                        next.add(name);
                    }
                }
            }
            if (reached.contains(start)) {
                circle.add(start);
            }
        }
        return circle;
    }
}
