package dev.getj.kernels.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the optimising compiler made of a method: the bytes that Java prints for {@code
 * -XX:CompileCommand=print}, as binutils' objdump reads them. Java's own disassembler, hsdis, is
 * hardly ever installed, and only beside Java's libraries.
 *
 * @param method class and name, as in {@code SixRows::multiply}
 * @param instructions of x86-64 in Intel's notation
 */
record MachineCode(String method, List<Instruction> instructions) {
    private static final Pattern HEADER =
            Pattern.compile("Compiled method \\(c2\\) [^%]*\\.(\\w+::\\w+) \\(.*");
    private static final Pattern BYTES = Pattern.compile(" +0x[0-9a-f]+: ([0-9a-f |]*)(;.*)?");
    private static final Pattern LINE = Pattern.compile(" *([0-9a-f]+):\\s+(.*)");
    private static final Pattern JUMP = Pattern.compile("j\\w+ +0x([0-9a-f]+)");

    /**
     * An instruction.
     *
     * @param at where it is, in bytes from the method's start
     */
    record Instruction(int at, String text) {
        boolean multipliesAndAdds() {
            return text.startsWith("vfmadd") && text.contains("ps ");
        }

        /** Whether a vector goes to the stack or comes from there. */
        boolean spills() {
            return text.contains("[rsp") && text.matches(".*\\b[xyz]mm\\d+.*");
        }
    }

    /** Whether objdump is here. */
    static boolean readable() {
        try {
            Process process =
                    new ProcessBuilder("objdump", "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** All that is in Java's output, but for code that was made for loops that ran already. */
    static List<MachineCode> parse(List<String> output, Path folder)
            throws IOException, InterruptedException {
        List<MachineCode> methods = new ArrayList<>();
        String method = null;
        StringBuilder bytes = null;
        for (String line : output) {
            Matcher header = HEADER.matcher(line);
            Matcher code = BYTES.matcher(line);
            if (line.startsWith("Compiled method")) {
                method = header.matches() ? header.group(1) : null;
            } else if (line.startsWith("[MachCode]")) {
                bytes = new StringBuilder();
            } else if (line.startsWith("[/MachCode]")) {
                if (method != null) {
                    byte[] binary = HexFormat.of().parseHex(bytes);
                    methods.add(new MachineCode(method, disassemble(binary, folder)));
                }
                bytes = null;
            } else if (bytes != null && code.matches()) {
                bytes.append(code.group(1).replaceAll("[ |]", ""));
            }
        }
        return methods;
    }

    private static List<Instruction> disassemble(byte[] code, Path folder)
            throws IOException, InterruptedException {
        Path file = Files.write(folder.resolve("code"), code);
        Process process =
                new ProcessBuilder(
                                "objdump -D -b binary -m i386:x86-64 -M intel --no-show-raw-insn"
                                        .concat(" " + file)
                                        .split(" "))
                        .redirectErrorStream(true)
                        .start();
        byte[] text = process.getInputStream().readAllBytes();
        if (process.waitFor() != 0) {
            throw new IOException("objdump: " + new String(text, StandardCharsets.UTF_8));
        }
        return new String(text, StandardCharsets.UTF_8)
                .lines()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .map(m -> new Instruction(Integer.parseInt(m.group(1), 16), m.group(2).strip()))
                .toList();
    }

    /** Loops that have no other loop inside. */
    List<List<Instruction>> innermostLoops() {
        record Range(int first, int last) {}
        List<Range> loops = new ArrayList<>();
        for (Instruction instruction : instructions) {
            Matcher jump = JUMP.matcher(instruction.text);
            if (jump.matches() && jump.group(1).length() < 8) {
                int target = Integer.parseInt(jump.group(1), 16);
                if (target <= instruction.at) {
                    loops.add(new Range(target, instruction.at));
                }
            }
        }
        return loops.stream()
                .filter(
                        loop ->
                                loops.stream()
                                        .noneMatch(
                                                other ->
                                                        !other.equals(loop)
                                                                && loop.first <= other.first
                                                                && other.last <= loop.last))
                .map(
                        loop ->
                                instructions.stream()
                                        .filter(i -> loop.first <= i.at && i.at <= loop.last)
                                        .toList())
                .toList();
    }
}
