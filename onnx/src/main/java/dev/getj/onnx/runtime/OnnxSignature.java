package dev.getj.onnx.runtime;

import dev.getj.diffusion.TeacherFile;
import dev.getj.diffusion.TeacherFile.Role;
import dev.getj.diffusion.TeacherForm;
import dev.getj.io.GetjException;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which tensor of a model is what: as the user says, else by well-known names, else by shape where
 * one can be nothing else. Classes are never told by shape alone: text embeddings have that of
 * one-hot classes.
 *
 * @param image noisy images
 * @param sigma noise levels
 * @param label classes, or null if the model is unconditional
 * @param zeros further inputs, which are fed with zeros
 * @param output its name
 * @param batch images at once if the model is made for one number only, else 0
 */
record OnnxSignature(
        TensorSpec image,
        TensorSpec sigma,
        TensorSpec label,
        List<TensorSpec> zeros,
        String output,
        TeacherForm form,
        int batch,
        int channels,
        int size,
        int classes) {
    private static final Set<String> NETWORK_SIGMAS =
            Set.of("c_noise", "noise_labels", "noise_label", "noise_cond");

    /** Conditions of training that are zero when images are made (EDM's augmentation pipe). */
    private static final Set<String> ZEROS = Set.of("augment_labels", "augment_label", "augment");

    private static final Map<Role, Set<String>> KNOWN =
            Map.of(
                    Role.IMAGE, Set.of("x", "noisy", "image", "images", "sample", "input"),
                    Role.SIGMA, Set.of("sigma", "sigmas", "c_noise", "noise_labels", "noise_label"),
                    Role.LABEL,
                            Set.of(
                                    "class_labels",
                                    "class_label",
                                    "class",
                                    "classes",
                                    "label",
                                    "labels",
                                    "y"));

    /**
     * @throws GetjException naming what is unclear, and the option that tells
     */
    static OnnxSignature of(TeacherFile file, List<TensorSpec> inputs, List<TensorSpec> outputs) {
        List<TensorSpec> rest = new ArrayList<>(inputs);
        Map<Role, TensorSpec> roles = new EnumMap<>(Role.class);
        for (Role role : List.of(Role.IMAGE, Role.SIGMA, Role.LABEL)) {
            String name = file.names().get(role);
            if (name != null) {
                TensorSpec spec = TensorSpec.named(file.path(), role, name, rest);
                roles.put(role, spec);
                rest.remove(spec);
            }
        }
        List<TensorSpec> zeros = zeros(file, rest);
        for (Role role : KNOWN.keySet()) {
            assign(roles, role, rest, spec -> knows(role, spec.name()));
        }
        assign(roles, Role.IMAGE, rest, TensorSpec::looksLikeImages);
        assign(roles, Role.SIGMA, rest, TensorSpec::looksLikeLevels);
        boolean both = roles.containsKey(Role.IMAGE) && roles.containsKey(Role.SIGMA);
        if (both && !rest.isEmpty()) {
            String name = rest.getFirst().name();
            throw new GetjException(
                    "%s: what the input %s takes is unclear; say --tensor label=%s if it takes classes, --tensor zeros=%s if it may be fed with zeros"
                            .formatted(file.path(), rest.getFirst(), name, name));
        }
        if (!rest.isEmpty() || !roles.containsKey(Role.IMAGE) || !roles.containsKey(Role.SIGMA)) {
            throw new GetjException(
                    "%s: which inputs are image, sigma and label is unclear from (%s); say it with --tensor image=NAME, --tensor sigma=NAME, --tensor label=NAME"
                            .formatted(file.path(), TensorSpec.text(inputs)));
        }
        return checked(file, roles, zeros, output(file, outputs));
    }

    /** The inputs that are fed with zeros, taken out of the rest. */
    private static List<TensorSpec> zeros(TeacherFile file, List<TensorSpec> rest) {
        List<TensorSpec> zeros = new ArrayList<>();
        String named = file.names().get(Role.ZEROS);
        if (named != null) {
            for (String name : named.split("\\+")) {
                zeros.add(TensorSpec.named(file.path(), Role.ZEROS, name, rest));
            }
        }
        rest.stream()
                .filter(spec -> !zeros.contains(spec))
                .filter(spec -> ZEROS.contains(spec.name().toLowerCase(Locale.ROOT)))
                .forEach(zeros::add);
        for (TensorSpec spec : zeros) {
            if (spec.zerosFor(1) == null) {
                throw new GetjException(
                        "%s: the input %s leaves its size open, so it cannot be fed with zeros; export it with a fixed size"
                                .formatted(file.path(), spec));
            }
        }
        rest.removeAll(zeros);
        return List.copyOf(zeros);
    }

    private static boolean knows(Role role, String name) {
        return KNOWN.get(role).contains(name.toLowerCase(Locale.ROOT));
    }

    // the only one left that fits
    private static void assign(
            Map<Role, TensorSpec> roles,
            Role role,
            List<TensorSpec> rest,
            Predicate<TensorSpec> fits) {
        List<TensorSpec> fitting = rest.stream().filter(fits).toList();
        if (!roles.containsKey(role) && fitting.size() == 1) {
            roles.put(role, fitting.getFirst());
            rest.remove(fitting.getFirst());
        }
    }

    private static String output(TeacherFile file, List<TensorSpec> outputs) {
        String name = file.names().get(Role.OUTPUT);
        if (name != null) {
            return TensorSpec.named(file.path(), Role.OUTPUT, name, outputs).name();
        }
        List<TensorSpec> images =
                outputs.stream().filter(spec -> outputs.size() == 1 || spec.rank() == 4).toList();
        if (images.size() != 1) {
            throw new GetjException(
                    "%s: which output is the image is unclear from (%s); say it with --tensor output=NAME"
                            .formatted(file.path(), TensorSpec.text(outputs)));
        }
        return images.getFirst().name();
    }

    private static OnnxSignature checked(
            TeacherFile file, Map<Role, TensorSpec> roles, List<TensorSpec> zeros, String output) {
        TensorSpec image = roles.get(Role.IMAGE);
        TensorSpec sigma = roles.get(Role.SIGMA);
        TensorSpec label = roles.get(Role.LABEL);
        require(file, image, image.rank() == 4 && image.real(), "float [batch, C, S, S]");
        require(file, sigma, sigma.looksLikeLevels(), "float [], [1] or [batch]");
        require(
                file,
                label,
                label == null
                        || label.rank() == 1 && label.whole()
                        || label.rank() == 2 && label.feedable(),
                "float [batch, K] or int64 [batch]");
        for (TensorSpec spec : zeros) {
            require(file, spec, spec.feedable(), "numbers");
        }
        long[] shape = image.shape();
        int channels = dimension(file, image, shape[1], file.channels(), "--channels");
        int size = dimension(file, image, shape[2], file.size(), "--image-size");
        require(file, image, shape[3] < 0 || shape[3] == size, "square images");
        return new OnnxSignature(
                image,
                sigma,
                label,
                zeros,
                output,
                form(file, sigma),
                (int) Math.max(0, shape[0]),
                channels,
                size,
                classes(file, label));
    }

    private static void require(TeacherFile file, TensorSpec spec, boolean fits, String expected) {
        if (!fits) {
            throw new GetjException(
                    "%s: the input %s should be %s".formatted(file.path(), spec, expected));
        }
    }

    private static int dimension(
            TeacherFile file, TensorSpec spec, long told, int given, String option) {
        if (told < 0 && given == 0) {
            throw new GetjException(
                    "%s: the input %s leaves its size open; give %s"
                            .formatted(file.path(), spec, option));
        }
        if (told >= 0 && given != 0 && told != given) {
            throw new GetjException(
                    "%s: %s %s does not fit the input %s"
                            .formatted(file.path(), option, given, spec));
        }
        return (int) Math.max(told, given);
    }

    private static int classes(TeacherFile file, TensorSpec label) {
        if (label == null) {
            if (file.classes() > 0) {
                throw new GetjException(
                        "%s takes no labels, so --classes %s cannot be"
                                .formatted(file.path(), file.classes()));
            }
            return 0;
        }
        return dimension(
                file,
                label,
                label.rank() == 2 ? label.shape()[1] : -1,
                file.classes(),
                "--classes");
    }

    private static TeacherForm form(TeacherFile file, TensorSpec sigma) {
        if (file.form() != null) {
            return file.form();
        }
        String name = sigma.name().toLowerCase(Locale.ROOT);
        if (name.contains("sigma")) {
            return TeacherForm.DENOISER;
        }
        if (NETWORK_SIGMAS.contains(name)) {
            return TeacherForm.NETWORK;
        }
        throw new GetjException(
                "%s: the name of the input %s does not tell whether it is sigma of a denoiser or c_noise of a bare network; give --form denoiser or --form network"
                        .formatted(file.path(), sigma));
    }
}
