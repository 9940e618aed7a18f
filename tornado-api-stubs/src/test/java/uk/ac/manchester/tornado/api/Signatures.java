package uk.ac.manchester.tornado.api;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.constant.ConstantDesc;
import java.lang.reflect.AccessFlag;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What code compiled against a class depends on: its kind and supertypes, and its public fields,
 * constructors and methods with their types, as lines of text. Read from the class file, so that
 * nothing is loaded or initialised.
 */
final class Signatures {
    private Signatures() {}

    /** One line for each signature of a class; none if the class is not public. */
    static Set<String> of(byte[] classFile) {
        ClassModel model = ClassFile.of().parse(classFile);
        Set<String> lines = new TreeSet<>();
        if (model.flags().has(AccessFlag.PUBLIC)) {
            String name = model.thisClass().asInternalName();
            lines.add(kind(model) + " " + name);
            supertypes(model).forEach(type -> lines.add(name + " is a " + type));
            model.fields().stream()
                    .filter(field -> field.flags().has(AccessFlag.PUBLIC))
                    .forEach(field -> lines.add(name + "." + line(field)));
            model.methods().stream()
                    .filter(method -> method.flags().has(AccessFlag.PUBLIC))
                    .forEach(method -> lines.add(name + "." + line(method)));
        }
        return lines;
    }

    private static String kind(ClassModel model) {
        if (model.flags().has(AccessFlag.ANNOTATION)) {
            return "annotation";
        }
        if (model.flags().has(AccessFlag.INTERFACE)) {
            return "interface";
        }
        return model.flags().has(AccessFlag.ENUM) ? "enum" : "class";
    }

    private static Stream<String> supertypes(ClassModel model) {
        return Stream.concat(model.superclass().stream(), model.interfaces().stream())
                .map(type -> type.asInternalName());
    }

    private static String line(FieldModel field) {
        String constant =
                field.findAttribute(Attributes.constantValue())
                        .map(value -> (ConstantDesc) value.constant().constantValue())
                        .map(value -> " = " + value)
                        .orElse("");
        return modifiers(field.flags().has(AccessFlag.STATIC), field.flags().has(AccessFlag.FINAL))
                + field.fieldName()
                + " "
                + field.fieldType()
                + constant;
    }

    private static String line(MethodModel method) {
        String thrown =
                method.findAttribute(Attributes.exceptions())
                        .map(
                                exceptions ->
                                        exceptions.exceptions().stream()
                                                .map(type -> type.asInternalName())
                                                .sorted()
                                                .collect(Collectors.joining(" ", " throws ", "")))
                        .orElse("");
        return modifiers(method.flags().has(AccessFlag.STATIC), false)
                + method.methodName()
                + " "
                + method.methodType()
                + thrown;
    }

    private static String modifiers(boolean isStatic, boolean isFinal) {
        return (isStatic ? "static " : "") + (isFinal ? "final " : "");
    }
}
