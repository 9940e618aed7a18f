package dev.getj.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.getj.sample.SampleRequest;

import org.junit.jupiter.api.Test;

import java.util.SortedMap;

/** What several processes compare before they share samples. */
class SharedSamplesTest {
    /** A message that tells of a difference, and the comparison, must not grow with the images. */
    @Test
    void labelsAreComparedByADigest() {
        int[] labels = new int[2_000_000];
        SortedMap<String, String> facts = facts(labels);
        labels[labels.length - 1] = 1;
        SortedMap<String, String> others = facts(labels);
        assertTrue(facts.toString().length() < 1000, facts::toString);
        String name = "the list of labels";
        assertNotEquals(facts.remove(name), others.remove(name));
        assertEquals(facts, others);
    }

    private static SortedMap<String, String> facts(int[] labels) {
        return SharedSamples.facts(SampleRequest.of(labels.length).withLabels(labels), "");
    }

    @Test
    void allThatDecidesTheSamplesCounts() {
        SampleRequest request = SampleRequest.of(8);
        SortedMap<String, String> facts = SharedSamples.facts(request, "");
        assertNotEquals(facts, SharedSamples.facts(request.withSeed(1), ""));
        assertNotEquals(facts, SharedSamples.facts(request.withFirst(1), ""));
        assertNotEquals(facts, SharedSamples.facts(request.withLabel(0), ""));
        assertNotEquals(facts, SharedSamples.facts(request.withIterations(7), ""));
        assertNotEquals(facts, SharedSamples.facts(request.withGuidance(2), ""));
        assertNotEquals(
                facts, SharedSamples.facts(request.withStart(SampleRequest.Start.PREVIOUS), ""));
        assertNotEquals(facts, SharedSamples.facts(request, "0123456789abcdef"));
        assertNotEquals(facts, SharedSamples.facts(SampleRequest.of(9), ""));
    }
}
