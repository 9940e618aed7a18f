package dev.getj.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import dev.getj.io.GetjException;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code dataset.json} that the data tools of StyleGAN and EDM write beside pictures: {@code
 * {"labels": [["00000/img00000000.png", 6], …]}}, or {@code null} in place of the labels. Read as a
 * stream; names only select among the files that are there.
 */
final class DatasetJson {
    static final String NAME = "dataset.json";

    /** That of ImageNet has 50 MB. */
    static final long MAX_BYTES = 1L << 28;

    private final String label;
    private final Map<String, Long> labels = new HashMap<>();

    private DatasetJson(String label) {
        this.label = label;
    }

    /**
     * @param label of the file, for messages
     * @return labels by file; empty if the file says that there are none
     * @throws GetjException if it is damaged or its labels are no classes
     */
    static Optional<Map<String, Long>> read(String label, byte[] bytes) {
        try (JsonParser json = new JsonFactory().createParser(bytes)) {
            DatasetJson read = new DatasetJson(label);
            boolean given = read.root(json);
            return given ? Optional.of(read.labels) : Optional.empty();
        } catch (IOException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new GetjException(label + " is damaged: " + reason, e);
        }
    }

    private boolean root(JsonParser json) throws IOException {
        require(json.nextToken() == JsonToken.START_OBJECT, "an object with labels");
        boolean given = false;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean wanted = json.currentName().equals("labels");
            JsonToken value = json.nextToken();
            if (wanted && value == JsonToken.START_ARRAY) {
                pairs(json);
                given = true;
            } else if (wanted && value == JsonToken.START_OBJECT) {
                fields(json);
                given = true;
            } else if (wanted) {
                require(value == JsonToken.VALUE_NULL, "a list of labels, or null");
            } else {
                json.skipChildren();
            }
        }
        require(json.currentToken() == JsonToken.END_OBJECT, "an object with labels");
        return given;
    }

    private void pairs(JsonParser json) throws IOException {
        while (json.nextToken() != JsonToken.END_ARRAY) {
            require(json.currentToken() == JsonToken.START_ARRAY, "pairs of file and label");
            require(json.nextToken() == JsonToken.VALUE_STRING, "the name of a file");
            String file = json.getText();
            json.nextToken();
            put(file, label(json, file));
            require(json.nextToken() == JsonToken.END_ARRAY, "pairs of file and label");
        }
    }

    private void fields(JsonParser json) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String file = json.currentName();
            json.nextToken();
            put(file, label(json, file));
        }
    }

    private void put(String file, long value) {
        Long before = labels.put(file.replace('\\', '/'), value);
        if (before != null && before != value) {
            throw new GetjException(
                    "%s gives %s two labels, %s and %s".formatted(label, file, before, value));
        }
    }

    /** A class, or the place of the one in a vector of zeros. */
    private long label(JsonParser json, String file) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            return json.getLongValue();
        }
        require(
                json.currentToken() == JsonToken.START_ARRAY,
                "a whole number as the label of " + file);
        long place = -1;
        long length = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            require(json.currentToken().isNumeric(), "numbers in the label of " + file);
            double value = json.getDoubleValue();
            boolean one = value == 1 && place < 0;
            require(one || value == 0, "a class or a one-hot vector as the label of " + file);
            place = one ? length : place;
            length++;
        }
        require(place >= 0, "a class or a one-hot vector as the label of " + file);
        return place;
    }

    private void require(boolean fine, String expected) {
        if (!fine) {
            throw new GetjException(
                    "%s is not what data tools write: %s is expected".formatted(label, expected));
        }
    }
}
