package dev.getj.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How users name image data on the command line: {@code builtin:strokes}, {@code
 * builtin:fashion}, {@code cifar10:DIR}, {@code cifar100:DIR}, {@code mnist:DIR}, {@code folder:DIR}, {@code folder:FILE.zip} or {@code
 * npz:FILE}, followed by options such as {@code ,size=32}. A comma that belongs to the path and
 * would begin an option is written twice: {@code folder:lr=0.1,,batch=32/images,size=16}.
 *
 * @param path as the file system has it
 * @param options by name; only those that the kind knows
 */
public record DataSpec(String kind, String path, Map<String, String> options) {
    /** The forms for a help text. */
    public static final String FORMS =
            "builtin:strokes, builtin:fashion, cifar10:DIR, cifar100:DIR, mnist:DIR, folder:DIR,"
                + " folder:FILE.zip or npz:FILE, with options such as folder:DIR,size=32,fit=crop"
                + " (docs/data.md)";

    private static final String BUILTIN = "builtin";
    private static final String STROKES = "strokes";
    private static final String FASHION = "fashion";

    /** Options of each kind; the built-in data have their own, by path. */
    private static final Map<String, Set<String>> OPTIONS =
            Map.of(
                    BUILTIN + ":" + STROKES,
                    Set.of("count", "seed"),
                    BUILTIN + ":" + FASHION,
                    Set.of("split", "pad"),
                    "cifar10",
                    Set.of("split"),
                    "cifar100",
                    Set.of("split", "labels"),
                    "mnist",
                    Set.of("split", "pad", "first", "names"),
                    "folder",
                    Set.of("size", "fit", "channels", "labels", "part", "first"),
                    "npz",
                    Set.of("images", "labels", "split", "first", "range"));

    private static final Set<String> KINDS =
            Set.of(BUILTIN, "cifar10", "cifar100", "mnist", "folder", "npz");

    private static final Pattern KIND = Pattern.compile("([a-z0-9]+):(.*)", Pattern.DOTALL);
    private static final Pattern LAST_OPTION =
            Pattern.compile("(.*),([a-z]+)=([^,]*)", Pattern.DOTALL);

    /** Stands for a doubled comma while options are cut off; no path can hold it. */
    private static final String COMMA = "\0";

    /**
     * @throws IllegalArgumentException saying what can be given, if the kind or an option is not
     *     known
     */
    public static DataSpec parse(String text) {
        Matcher matcher = KIND.matcher(text.replace(",,", COMMA));
        if (!matcher.matches() || !KINDS.contains(matcher.group(1))) {
            throw new IllegalArgumentException("'%s' names no data: use %s".formatted(text, FORMS));
        }
        String kind = matcher.group(1);
        String path = matcher.group(2);
        List<Map.Entry<String, String>> found = new ArrayList<>();
        Matcher option = LAST_OPTION.matcher(path);
        while (option.matches()) {
            found.addFirst(Map.entry(option.group(2), option.group(3)));
            path = option.group(1);
            option = LAST_OPTION.matcher(path);
        }
        String data = kind.equals(BUILTIN) ? kind + ":" + path : kind;
        if (kind.equals(BUILTIN) && !OPTIONS.containsKey(data)) {
            throw new IllegalArgumentException(
                    "'%s': the built-in data are called builtin:strokes and builtin:fashion"
                            .formatted(text));
        }
        Map<String, String> options = new LinkedHashMap<>();
        for (Map.Entry<String, String> entry : found) {
            if (!OPTIONS.get(data).contains(entry.getKey())) {
                throw new IllegalArgumentException(
                        "'%s': %s takes the options %s, not '%s'%s"
                                .formatted(
                                        text,
                                        data,
                                        String.join(", ", new TreeSet<>(OPTIONS.get(data))),
                                        entry.getKey(),
                                        escape(text, entry.getKey())));
            }
            if (options.put(entry.getKey(), entry.getValue().replace(COMMA, ",")) != null) {
                throw new IllegalArgumentException(
                        "'%s' gives %s twice%s"
                                .formatted(text, entry.getKey(), escape(text, entry.getKey())));
            }
        }
        if (path.isBlank()) {
            throw new IllegalArgumentException(
                    "'%s' names an empty path; is a variable of the shell not set? '%s:.' is this folder"
                            .formatted(text, kind));
        }
        return new DataSpec(kind, path.replace(COMMA, ","), Map.copyOf(options));
    }

    /** How to write an option that is none, but a part of the path. */
    private static String escape(String text, String option) {
        String begin = "," + option + "=";
        return "; a comma that belongs to the path is written twice: "
                + text.replaceFirst(Pattern.quote(begin), "," + begin);
    }

    /** The same data, wherever the program is started. */
    public DataSpec absolute() {
        return kind.equals(BUILTIN)
                ? this
                : new DataSpec(
                        kind, Path.of(path).toAbsolutePath().normalize().toString(), options);
    }

    /** What {@link #parse} reads as this, options in the order of their names. */
    public String text() {
        StringBuilder text = new StringBuilder(kind + ":" + path.replace(",", ",,"));
        new TreeMap<>(options)
                .forEach(
                        (name, value) ->
                                text.append(',')
                                        .append(name)
                                        .append('=')
                                        .append(value.replace(",", ",,")));
        return text.toString();
    }

    /**
     * Opens the data.
     *
     * @throws IllegalArgumentException if an option has a value that cannot be
     * @throws dev.getj.io.GetjException if a file cannot be read
     */
    public ImageData open() {
        return switch (kind) {
            case BUILTIN -> path.equals(FASHION) ? fashion() : strokes();
            case "cifar10" -> CifarData.open(Path.of(path), CifarKind.CIFAR10, split());
            case "cifar100" ->
                    CifarData.open(
                            Path.of(path),
                            choice("labels", "fine", "coarse").equals("fine")
                                    ? CifarKind.CIFAR100
                                    : CifarKind.CIFAR100_COARSE,
                            split());
            case "mnist" ->
                    MnistData.open(
                            Path.of(path),
                            split(),
                            (int) number("pad", 0, 1, 4096),
                            first(),
                            MnistData.Names.valueOf(
                                    choice("names", "found", "fashion", "none")
                                            .toUpperCase(Locale.ROOT)));
            case "folder" ->
                    FolderData.open(
                            Path.of(path),
                            options.get("part"),
                            source(),
                            first(),
                            new FolderData.Form(
                                    (int) number("size", 0, 1, 4096),
                                    choice("fit", "crop", "stretch").equals("crop"),
                                    Integer.parseInt(choice("channels", "3", "1"))));
            case "npz" ->
                    NpzData.open(
                            Path.of(path),
                            new NpzData.Choice(
                                    options.get("images"),
                                    options.get("labels"),
                                    options.containsKey("split")
                                            ? choice("split", "train", "val", "valid", "test")
                                            : null,
                                    first(),
                                    options.containsKey("range")
                                            ? ValueRange.parse(options.get("range"))
                                            : null));
            default -> throw new AssertionError(kind);
        };
    }

    private ImageData strokes() {
        return new StrokesData(
                number("count", StrokesData.DEFAULT_COUNT, 1, Integer.MAX_VALUE),
                number("seed", 0, Long.MIN_VALUE, Long.MAX_VALUE));
    }

    private ImageData fashion() {
        return MnistData.open(
                FashionFolder.find(FashionFolder.PLACES),
                split(),
                (int) number("pad", 0, 1, 4096),
                null,
                MnistData.Names.FASHION);
    }

    private Split split() {
        return Split.valueOf(choice("split", "train", "test", "all").toUpperCase(Locale.ROOT));
    }

    private PictureLayout.Source source() {
        return options.containsKey("labels")
                ? PictureLayout.Source.valueOf(
                        choice("labels", "folders", "none", "json").toUpperCase(Locale.ROOT))
                : PictureLayout.Source.FOUND;
    }

    private Long first() {
        return options.containsKey("first")
                ? (Long) number("first", 0, Integer.MIN_VALUE, Integer.MAX_VALUE)
                : null;
    }

    /** The first value is the default. */
    private String choice(String option, String... values) {
        String value = options.getOrDefault(option, values[0]);
        if (!List.of(values).contains(value)) {
            throw new IllegalArgumentException(
                    "%s=%s: it can be %s".formatted(option, value, String.join(" or ", values)));
        }
        return value;
    }

    private long number(String option, long otherwise, long least, long most) {
        String value = options.get(option);
        if (value == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // reported below
        }
        throw new IllegalArgumentException(
                "%s=%s: a whole number from %s to %s is needed"
                        .formatted(option, value, least, most));
    }
}
