package dev.getj.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.getj.io.GetjException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The JSON files of a study: those from before they had a version, today's and newer ones. */
class StudyFilesVersionTest {
    private static final Path OLD = Path.of("../train/src/test/resources/unversioned/study");

    @TempDir Path folder;

    @Test
    void filesWithoutAVersionAreRead() {
        Path run = OLD.resolve("get-medium-l1-64-seed0/learned.json");
        Learned learned = StudyJson.read(run, Learned.class);
        assertEquals("get-medium", learned.student());
        assertEquals(10, learned.way().getLast().step());
        StudyReport report = StudyJson.read(OLD.resolve("study.json"), StudyReport.class);
        assertEquals(4, report.runs().size());
        assertEquals(learned.last().frechet(), report.runs().get(1).last().frechet());
        Times times = StudyJson.read(OLD.resolve("times.json"), Times.class);
        assertEquals(report.times(), times);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    2     | is part of a study of version 2, but this getj reads versions up to 1: update getj
                    "two" | is damaged: its version is "two", a whole number from 1 is expected
                    """)
    void otherVersionsAreRefused(String version, String reason) throws IOException {
        Path file = folder.resolve("times.json");
        Times times = StudyJson.read(OLD.resolve("times.json"), Times.class);
        StudyJson.write(file, times);
        assertEquals(times, StudyJson.read(file, Times.class));
        String json = Files.readString(file);
        Files.writeString(file, json.replace("\"version\" : 1", "\"version\" : " + version));
        GetjException refusal =
                assertThrows(GetjException.class, () -> StudyJson.read(file, Times.class));
        assertEquals(file + " " + reason, refusal.getMessage());
    }
}
