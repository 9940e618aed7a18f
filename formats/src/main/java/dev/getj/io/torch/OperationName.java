package dev.getj.io.torch;

/** Names of the pickle operations that are refused, as {@code pickletools} has them. */
final class OperationName {
    private OperationName() {}

    static String of(int operation) {
        String name =
                switch (operation) {
                    case 'P' -> "PERSID";
                    case 'S' -> "STRING";
                    case 'V' -> "UNICODE";
                    case 'i' -> "INST";
                    case 'o' -> "OBJ";
                    case 0x82 -> "EXT1";
                    case 0x83 -> "EXT2";
                    case 0x84 -> "EXT4";
                    case 0x97 -> "NEXT_BUFFER";
                    case 0x98 -> "READONLY_BUFFER";
                    default -> "of no name";
                };
        return "%s (0x%02x)".formatted(name, operation);
    }
}
