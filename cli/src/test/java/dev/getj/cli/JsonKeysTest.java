package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

import dev.getj.data.PairStatistics;
import dev.getj.profile.Profile;
import dev.getj.profile.ProgramListing;
import dev.getj.study.StudyReport;
import dev.getj.train.Benchmark;
import dev.getj.train.Metrics;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** docs/reference/metrics.md has every key that {@code --json} prints and that runs write. */
class JsonKeysTest {
    private static final Path PAGE = Path.of("../docs/reference/metrics.md");

    /** What each command prints: one of these records. */
    private static final Map<String, List<Class<? extends Record>>> RESULTS =
            Map.ofEntries(
                    Map.entry("demo", List.of(DemoCommand.Result.class)),
                    Map.entry("teacher train", List.of(RunOptions.Result.class)),
                    Map.entry("teacher sample", List.of(TeacherSampleCommand.Result.class)),
                    Map.entry("pairs generate", List.of(PairsGenerateCommand.Result.class)),
                    Map.entry("pairs import", List.of(PairsImportCommand.Result.class)),
                    Map.entry("pairs inspect", List.of(PairStatistics.class)),
                    Map.entry("train", List.of(RunOptions.Result.class)),
                    Map.entry("ema", List.of(EmaCommand.Result.class)),
                    Map.entry("sample", List.of(SampleCommand.Result.class)),
                    Map.entry("serve", List.of(ServeCommand.Result.class)),
                    Map.entry("solve", List.of(SolveCommand.Result.class)),
                    Map.entry("eval", List.of(EvalCommand.Result.class, EvalPairs.Result.class)),
                    Map.entry("classifier train", List.of(RunOptions.Result.class)),
                    Map.entry("study", List.of(StudyCommand.Result.class)),
                    Map.entry("convert", List.of(ConvertCommand.Result.class)),
                    Map.entry("export", List.of(ExportCommand.Result.class)),
                    Map.entry("verify", List.of(VerifyCommand.Result.class)),
                    Map.entry("bench", List.of(Benchmark.Times.class)),
                    Map.entry("profile", List.of(Profile.class, ProgramListing.class)),
                    Map.entry("memory", List.of(MemoryCommand.Result.class)),
                    Map.entry("devices", List.of(DevicesCommand.Result.class)),
                    Map.entry(
                            "doctor",
                            List.of(DoctorCommand.Result.class, DoctorCommand.TestResult.class)));

    @Test
    void everyCommandIsLookedAt() {
        Set<String> found = new TreeSet<>();
        addLeaves(Getj.commandLine(), found);
        assertEquals(found, new TreeSet<>(RESULTS.keySet()));
    }

    private static void addLeaves(CommandLine command, Set<String> names) {
        if (command.getCommandSpec().findOption(CommonOptions.JSON) != null) {
            names.add(command.getCommandSpec().qualifiedName().substring("getj ".length()));
        }
        command.getSubcommands().values().forEach(sub -> addLeaves(sub, names));
    }

    @Test
    void theKeysOfEveryResultAreDocumented() throws IOException {
        Map<String, Set<String>> documented = sections();
        Map<String, Set<String>> printed = new TreeMap<>();
        RESULTS.forEach(
                (command, records) -> {
                    Set<String> keys = new TreeSet<>();
                    records.forEach(record -> addKeys(record, "", keys));
                    printed.put("getj " + command, keys);
                });
        printed.put("metrics.jsonl", new TreeSet<>(Metrics.KEYS));
        StringBuilder lacking = new StringBuilder();
        printed.forEach(
                (section, keys) -> {
                    Set<String> there = documented.getOrDefault(section, Set.of());
                    keys.stream()
                            .filter(key -> !there.contains(key))
                            .forEach(key -> lacking.append(section + ": " + key + "\n"));
                    there.stream()
                            .filter(key -> !keys.contains(key))
                            .forEach(key -> lacking.append(section + " has no " + key + "\n"));
                });
        assertEquals("", lacking.toString());
    }

    // headings name commands or files; the first cells of their tables are the keys
    private static Map<String, Set<String>> sections() throws IOException {
        Map<String, Set<String>> sections = new TreeMap<>();
        SequencedSet<String> current = new LinkedHashSet<>();
        Pattern name = Pattern.compile("`([^`]+)`");
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("## ")) {
                Set<String> keys = new TreeSet<>();
                current.clear();
                name.matcher(line)
                        .results()
                        .forEach(
                                found -> {
                                    sections.put(found.group(1), keys);
                                    current.add(found.group(1));
                                });
            } else if (line.startsWith("| `")) {
                Matcher cell = name.matcher(line.substring(0, line.indexOf(" | ")));
                while (cell.find()) {
                    String key = cell.group(1);
                    current.forEach(section -> sections.get(section).add(key));
                }
            }
        }
        return sections;
    }

    private static void addKeys(Class<?> record, String prefix, Set<String> keys) {
        for (RecordComponent component : record.getRecordComponents()) {
            if (component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)
                    || component.isAnnotationPresent(JsonUnwrapped.class)) {
                addKeys(component.getType(), prefix, keys);
                continue;
            }
            String key = prefix + snakeCase(component.getName());
            keys.add(key);
            for (Class<?> inside : recordsIn(component.getGenericType())) {
                addKeys(inside, key + ".", keys);
            }
        }
    }

    // of the type itself, of a list's elements and a map's values
    private static List<Class<?>> recordsIn(Type type) {
        Type last =
                type instanceof ParameterizedType generic
                        ? generic.getActualTypeArguments()[
                                generic.getActualTypeArguments().length - 1]
                        : type;
        // study.json is described where it is written
        return last instanceof Class<?> c && c.isRecord() && c != StudyReport.class
                ? List.of(c)
                : List.of();
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
