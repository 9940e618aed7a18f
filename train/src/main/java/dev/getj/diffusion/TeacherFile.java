package dev.getj.diffusion;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * A teacher's file and what is said about it beside what it says itself.
 *
 * @param path the file
 * @param form what it computes, or null if its names tell
 * @param names of its tensors, for roles that are unclear from names and shapes
 * @param channels C, or 0 if the file tells
 * @param size S, or 0 if the file tells
 * @param classes K, or 0 if the file tells or there are none
 * @param edm the preconditioning that a {@link TeacherForm#NETWORK} needs
 * @param threads to run it on
 */
public record TeacherFile(
        Path path,
        TeacherForm form,
        Map<Role, String> names,
        int channels,
        int size,
        int classes,
        Edm edm,
        int threads) {
    /** What a tensor is for. */
    public enum Role {
        /** Noisy images, [B, C, S, S]. */
        IMAGE,
        /** Noise levels σ, or c_noise of a {@link TeacherForm#NETWORK}. */
        SIGMA,
        /** Classes, as numbers [B] or one-hot rows [B, K]. */
        LABEL,
        /** A further input that is fed with zeros, such as conditions that are not used. */
        ZEROS,
        /** What the model makes of the images. */
        OUTPUT
    }

    public TeacherFile {
        Map<Role, String> copy = new EnumMap<>(Role.class);
        copy.putAll(names);
        names = copy;
    }
}
