package dev.getj.solver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The float tensors of a safetensors file that is known to be well-formed. */
final class GoldenFile {
    private static final Pattern ENTRY =
            Pattern.compile(
                    "\"([^\"]+)\":\\{\"dtype\":\"F32\",\"shape\":\\[[^\\]]*\\],"
                            + "\"data_offsets\":\\[(\\d+),(\\d+)\\]\\}");

    private final Map<String, double[]> tensors = new HashMap<>();

    GoldenFile(String resource) {
        ByteBuffer bytes;
        try (InputStream in = GoldenFile.class.getResourceAsStream(resource)) {
            bytes = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int header = Math.toIntExact(bytes.getLong(0));
        byte[] json = new byte[header];
        bytes.get(8, json);
        Matcher entries = ENTRY.matcher(new String(json, StandardCharsets.UTF_8));
        while (entries.find()) {
            int from = Integer.parseInt(entries.group(2));
            double[] values = new double[(Integer.parseInt(entries.group(3)) - from) / 4];
            for (int i = 0; i < values.length; i++) {
                values[i] = bytes.getFloat(8 + header + from + 4 * i);
            }
            tensors.put(entries.group(1), values);
        }
    }

    double[] get(String name) {
        double[] values = tensors.get(name);
        if (values == null) {
            throw new IllegalArgumentException("no " + name + " among " + tensors.keySet());
        }
        return values;
    }
}
