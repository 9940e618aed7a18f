package dev.getj.data;

import dev.getj.io.GetjException;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which files of a folder or archive are the pictures of a data set, and what their classes are.
 * What can be meant in two ways is refused, naming both.
 *
 * @param files in order
 * @param summary of all that is known before a picture is read
 */
record PictureLayout(List<String> files, Labels labels, DataSummary summary) {
    /** Where classes come from. */
    enum Source {
        /** From {@code dataset.json} if it is there, else from folders if pictures lie in some. */
        FOUND,
        /** The folders at the top are classes. */
        FOLDERS,
        /** There are none. */
        NONE,
        /** {@code dataset.json}. */
        JSON
    }

    private static final Set<String> PARTS =
            Set.of(
                    "train",
                    "training",
                    "val",
                    "valid",
                    "validation",
                    "dev",
                    "eval",
                    "test",
                    "testing");

    /**
     * @param first the label of {@code dataset.json} that is class 0; null to find out
     * @throws GetjException if there are no pictures, or it is not clear what the classes are
     */
    static PictureLayout of(PictureFiles source, Source wanted, Long first) {
        return new Reading(source, wanted, first).layout();
    }

    private static final class Reading {
        private final PictureFiles source;
        private final PictureNames names;
        private final Source wanted;
        private final Long first;
        private final List<String> direct = new ArrayList<>();

        /** Pictures by the folder at the top; folders without any, too. */
        private final Map<String, List<String>> byFolder = new TreeMap<>();

        private final List<String> notes = new ArrayList<>();
        private final List<String> leftOut = new ArrayList<>();

        private Reading(PictureFiles source, Source wanted, Long first) {
            this.source = source;
            this.wanted = wanted;
            this.first = first;
            names = new PictureNames(source);
            notes.addAll(source.remarks().notes());
            leftOut.addAll(names.leftOut());
            leftOut.addAll(source.remarks().leftOut());
            for (String folder : source.folders()) {
                if (folder.indexOf('/') < 0 && !names.isHidden(folder)) {
                    byFolder.put(folder, new ArrayList<>());
                }
            }
            for (String picture : names.pictures()) {
                int end = picture.indexOf('/');
                if (end < 0) {
                    direct.add(picture);
                } else {
                    byFolder.get(picture.substring(0, end)).add(picture);
                }
            }
        }

        private PictureLayout layout() {
            if (names.pictures().isEmpty()) {
                throw new GetjException(
                        "%s holds no .png, .jpg, .jpeg, .bmp or .gif files, nor do folders in it%s"
                                .formatted(
                                        source.name(),
                                        leftOut.isEmpty()
                                                ? ""
                                                : "; it holds " + String.join(", ", leftOut)));
            }
            return switch (wanted) {
                case FOUND -> names.hasJson() ? ofJson() : byFolders() ? ofFolders() : unlabelled();
                case FOLDERS -> ofFolders();
                case JSON -> ofJson();
                case NONE -> unlabelled();
            };
        }

        // ---- what the folders mean -------------------------------------------------------------

        private boolean byFolders() {
            List<String> full = new ArrayList<>();
            byFolder.forEach(
                    (folder, pictures) -> {
                        if (!pictures.isEmpty()) {
                            full.add(folder);
                        }
                    });
            if (full.isEmpty()) {
                return false;
            }
            if (!direct.isEmpty()) {
                throw ambiguous(
                        "%s %s beside folders of pictures (%s)"
                                .formatted(
                                        named(direct),
                                        direct.size() == 1 ? "lies" : "lie",
                                        DataSummary.few(full)),
                        "labels=none to take all "
                                + names.pictures().size()
                                + " pictures without classes",
                        "labels=folders to leave out what lies beside the folders");
            }
            String one = full.getFirst();
            if (full.stream().allMatch(name -> PARTS.contains(name.toLowerCase(Locale.ROOT)))) {
                throw ambiguous(
                        "its folders (%s) look like parts of a data set, not like classes"
                                .formatted(DataSummary.few(full)),
                        "part=" + one + " to take what is inside that one",
                        "labels=folders to take them as classes");
            }
            boolean nested =
                    full.size() == 1
                            && byFolder.get(one).stream()
                                    .allMatch(file -> file.indexOf('/', one.length() + 1) > 0);
            if (nested) {
                throw ambiguous(
                        "all its pictures lie in folders inside the one folder " + one,
                        "part=" + one + " to take those folders as classes",
                        "labels=folders to take " + one + " as the only class");
            }
            return true;
        }

        private GetjException ambiguous(String what, String one, String other) {
            return new GetjException(
                    "%s: %s; say %s, or %s".formatted(source.name(), what, one, other));
        }

        private String named(List<String> files) {
            return files.size() == 1
                    ? files.getFirst()
                    : "%s pictures (%s)".formatted(files.size(), DataSummary.few(files));
        }

        // ---- the three kinds -------------------------------------------------------------------

        private PictureLayout ofFolders() {
            List<String> files = new ArrayList<>();
            List<Integer> classes = new ArrayList<>();
            List<String> empty = new ArrayList<>();
            List<String> deeper = new ArrayList<>();
            int number = 0;
            for (Map.Entry<String, List<String>> folder : byFolder.entrySet()) {
                List<String> pictures = folder.getValue();
                pictures.sort(Comparator.naturalOrder());
                for (String picture : pictures) {
                    files.add(picture);
                    classes.add(number);
                    if (picture.indexOf('/', folder.getKey().length() + 1) > 0) {
                        deeper.add(picture);
                    }
                }
                if (pictures.isEmpty()) {
                    empty.add(folder.getKey());
                }
                number++;
            }
            if (files.isEmpty()) {
                throw new GetjException(
                        source.name()
                                + ": labels=folders needs pictures in folders; all lie beside"
                                + " them");
            }
            if (!empty.isEmpty()) {
                notes.add(
                        "%s of the classes without pictures (%s)"
                                .formatted(empty.size(), DataSummary.few(empty)));
            }
            if (!deeper.isEmpty()) {
                notes.add(
                        "%s in deeper folders (%s) belong%s to the class of the folder at the top"
                                .formatted(
                                        deeper.size(),
                                        DataSummary.few(deeper),
                                        deeper.size() == 1 ? "s" : ""));
            }
            if (!direct.isEmpty()) {
                leftOut.add(named(direct) + " beside the folders");
            }
            Labels labels =
                    new Labels(
                            classes.stream().mapToInt(Integer::intValue).toArray(),
                            number,
                            List.of());
            return layout(files, labels, List.copyOf(byFolder.keySet()));
        }

        private PictureLayout unlabelled() {
            List<String> files = new ArrayList<>(names.pictures());
            files.sort(Comparator.naturalOrder());
            List<String> empty = new ArrayList<>();
            byFolder.forEach(
                    (folder, pictures) -> {
                        if (pictures.isEmpty()) {
                            empty.add(folder);
                        }
                    });
            if (!empty.isEmpty()) {
                leftOut.add(
                        "%s without pictures (%s)"
                                .formatted(
                                        DataSummary.counted(empty.size(), "folder"),
                                        DataSummary.few(empty)));
            }
            return layout(files, Labels.NONE, List.of());
        }

        private PictureLayout ofJson() {
            if (!names.hasJson()) {
                throw new GetjException(
                        "%s holds no %s with labels; say labels=folders or labels=none"
                                .formatted(source.name(), DatasetJson.NAME));
            }
            String json = source.label(DatasetJson.NAME);
            Optional<Map<String, Long>> given =
                    DatasetJson.read(json, source.read(DatasetJson.NAME, DatasetJson.MAX_BYTES));
            if (given.isEmpty()) {
                notes.add(DatasetJson.NAME + " gives no labels");
                return unlabelled();
            }
            Map<String, Long> byFile = new HashMap<>(given.get());
            List<String> files = new ArrayList<>(names.pictures());
            files.sort(Comparator.naturalOrder());
            long[] values = new long[files.size()];
            List<String> unknown = new ArrayList<>();
            for (int i = 0; i < values.length; i++) {
                Long label = byFile.remove(files.get(i));
                if (label == null) {
                    unknown.add(files.get(i));
                } else {
                    values[i] = label;
                }
            }
            if (!unknown.isEmpty()) {
                throw ambiguous(
                        "%s gives no label of %s".formatted(DatasetJson.NAME, named(unknown)),
                        "labels=none to take all pictures without classes",
                        "labels=folders to take folders as classes");
            }
            notes.add("classes from " + DatasetJson.NAME);
            if (!byFile.isEmpty()) {
                leftOut.add(
                        "%s of files that are not there (%s)"
                                .formatted(
                                        DataSummary.counted(byFile.size(), "label"),
                                        DataSummary.few(
                                                List.copyOf(new TreeSet<>(byFile.keySet())))));
            }
            Labels labels = Labels.of(json, values, first);
            notes.addAll(labels.notes());
            return layout(files, labels, List.of());
        }

        private PictureLayout layout(List<String> files, Labels labels, List<String> classNames) {
            return new PictureLayout(
                    List.copyOf(files),
                    labels,
                    new DataSummary(
                            source.name(),
                            files.size(),
                            labels.count(),
                            classNames,
                            notes,
                            leftOut));
        }
    }
}
