package dev.getj.data;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Names of files sorted into those of pictures that are read and the others, which are counted by
 * kind.
 */
final class PictureNames {
    /** By the end of a name; what the file holds is seen when it is read. */
    private static final Set<String> READ =
            Set.of("png", "jpg", "jpeg", "jpe", "jfif", "bmp", "dib", "gif");

    /** Pictures that are not read, and what people call them. */
    private static final Map<String, String> KNOWN =
            Map.ofEntries(
                    Map.entry("webp", "WebP"),
                    Map.entry("tif", "TIFF"),
                    Map.entry("tiff", "TIFF"),
                    Map.entry("avif", "AVIF"),
                    Map.entry("heic", "HEIC"),
                    Map.entry("heif", "HEIC"),
                    Map.entry("jxl", "JPEG XL"),
                    Map.entry("jp2", "JPEG 2000"),
                    Map.entry("svg", "SVG"),
                    Map.entry("ppm", "PPM"),
                    Map.entry("pgm", "PGM"),
                    Map.entry("tga", "TGA"),
                    Map.entry("ico", "ICO"),
                    Map.entry("psd", "PSD"));

    private final List<String> pictures = new ArrayList<>();
    private final List<String> others = new ArrayList<>();
    private final Map<String, Integer> unread = new TreeMap<>();
    private final Set<String> hidden = new LinkedHashSet<>();
    private boolean json;

    PictureNames(PictureFiles files) {
        for (String folder : files.folders()) {
            hide(folder);
        }
        for (String file : files.files()) {
            if (!hide(file)) {
                sort(file);
            }
        }
    }

    /** Notes the first hidden part of a name. */
    private boolean hide(String name) {
        int from = 0;
        while (from <= name.length()) {
            int end = name.indexOf('/', from);
            int to = end < 0 ? name.length() : end;
            if (PictureFiles.isHidden(name.substring(from, to))) {
                hidden.add(name.substring(0, to));
                return true;
            }
            from = to + 1;
        }
        return false;
    }

    private void sort(String file) {
        String last = file.substring(file.lastIndexOf('/') + 1);
        String end = last.substring(last.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (READ.contains(end)) {
            pictures.add(file);
        } else if (KNOWN.containsKey(end)) {
            unread.merge(KNOWN.get(end), 1, Integer::sum);
        } else if (file.equals(DatasetJson.NAME)) {
            json = true;
        } else {
            others.add(file);
        }
    }

    /** Files to read, in no order. */
    List<String> pictures() {
        return pictures;
    }

    /** True if there is a {@code dataset.json} at the top. */
    boolean hasJson() {
        return json;
    }

    /** True if a part of a name is hidden. */
    boolean isHidden(String name) {
        for (String part : name.split("/")) {
            if (PictureFiles.isHidden(part)) {
                return true;
            }
        }
        return false;
    }

    /** {@code 2 WebP (not read)}; empty if there are none. */
    List<String> unread() {
        List<String> counts = new ArrayList<>();
        unread.forEach((kind, count) -> counts.add(count + " " + kind + " (not read)"));
        return counts;
    }

    /** All that is not taken, counted. */
    List<String> leftOut() {
        List<String> all = new ArrayList<>();
        if (!hidden.isEmpty()) {
            all.add(
                    "%s hidden (%s)"
                            .formatted(hidden.size(), DataSummary.few(List.copyOf(hidden))));
        }
        all.addAll(unread());
        if (!others.isEmpty()) {
            all.add(
                    "%s that %s no picture%s (%s)"
                            .formatted(
                                    DataSummary.counted(others.size(), "file"),
                                    others.size() == 1 ? "is" : "are",
                                    others.size() == 1 ? "" : "s",
                                    DataSummary.few(others)));
        }
        return all;
    }
}
