package dev.getj.cli;

import dev.getj.io.Suffix;

import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What the files that commands write are. A name that promises something else, {@code s.npz} for
 * what is a safetensors file, is refused before anything is computed; a name without an end is as
 * good as any.
 */
final class OutputNames {
    private static final List<String> PNG = List.of(".png");
    private static final List<String> SAFETENSORS = List.of(".safetensors");

    private static final Map<String, List<String>> FORMATS =
            Map.ofEntries(
                    Map.entry("getj sample --grid", PNG),
                    Map.entry("getj sample --out", List.of(".safetensors", ".npz")),
                    Map.entry("getj teacher sample --grid", PNG),
                    Map.entry("getj teacher sample --out", List.of(".safetensors", ".npz")),
                    Map.entry("getj pairs inspect --grid", PNG),
                    Map.entry("getj solve --chart", PNG),
                    Map.entry("getj memory --chart", PNG),
                    Map.entry("getj profile --chart", PNG),
                    Map.entry("getj profile --trace", List.of(".json")),
                    Map.entry("getj eval --neighbours", PNG),
                    Map.entry("getj export --out", List.of(".onnx")),
                    Map.entry("getj verify --write", SAFETENSORS),
                    Map.entry(
                            "getj convert OUT",
                            List.of(".safetensors", ".pt", ".pth", ".pkl", ".bin", ".ckpt")));

    private OutputNames() {}

    /**
     * Looks at the value of an option or argument that was given.
     *
     * @throws ParameterException if it is the name of a file that is written, as something else
     */
    static void check(CommandLine command, ArgSpec argument) {
        String name =
                argument instanceof OptionSpec option
                        ? option.longestName()
                        : argument.paramLabel();
        List<String> ends = FORMATS.get(command.getCommandSpec().qualifiedName() + " " + name);
        if (ends == null || !(argument.getValue() instanceof Path file)) {
            return;
        }
        if (promisesAnything(file) && !Suffix.is(file, ends.toArray(String[]::new))) {
            String possible =
                    ends.size() == 1
                            ? ends.getFirst()
                            : String.join(", ", ends.subList(0, ends.size() - 1))
                                    + " or "
                                    + ends.getLast();
            throw new ParameterException(
                    command,
                    "%s %s: that is written as %s, and a name that ends so is needed"
                            .formatted(name, file, possible));
        }
    }

    // 'samples.jpg' and 'a.tar.gz', but not 'samples', 'run.5' or '.hidden'
    private static boolean promisesAnything(Path file) {
        Path name = file.getFileName();
        return name != null && name.toString().matches(".+\\.\\p{Alpha}\\w{0,11}");
    }
}
