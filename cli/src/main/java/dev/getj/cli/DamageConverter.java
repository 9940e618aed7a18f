package dev.getj.cli;

import dev.getj.eval.DamagedImages.Blur;
import dev.getj.eval.DamagedImages.Damage;
import dev.getj.eval.DamagedImages.Destroyed;
import dev.getj.eval.DamagedImages.Noise;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code noise=0.1}, {@code blur} and {@code destroyed}. */
final class DamageConverter implements ITypeConverter<Damage> {
    private static final String NOISE = "noise=";

    @Override
    public Damage convert(String text) {
        if (text.equals("blur")) {
            return new Blur();
        }
        if (text.equals("destroyed")) {
            return new Destroyed();
        }
        try {
            if (text.startsWith(NOISE)) {
                return new Noise(Double.parseDouble(text.substring(NOISE.length())));
            }
        } catch (IllegalArgumentException problem) {
            throw new TypeConversionException("'" + text + "': " + problem.getMessage());
        }
        throw new TypeConversionException(
                "'" + text + "' is no damage: use noise=DEVIATION, blur or destroyed");
    }
}
