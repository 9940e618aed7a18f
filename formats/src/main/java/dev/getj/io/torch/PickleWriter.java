package dev.getj.io.torch;

import dev.getj.io.DType;
import dev.getj.io.StridedTensor;
import dev.getj.io.Strides;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The pickle of an {@code OrderedDict} of tensors as {@code torch.save} makes it, in protocol 2 and
 * with a storage for each tensor, numbered from 0.
 */
final class PickleWriter {
    private static final char MARK = '(';
    private static final char TUPLE = 't';
    private static final char REDUCE = 'R';
    private static final char EMPTY_TUPLE = ')';
    private static final char SETITEMS = 'u';
    private static final char BINPERSID = 'Q';
    private static final char BINUNICODE = 'X';
    private static final char BININT = 'J';
    private static final char STOP = '.';
    private static final int PROTO = 0x80;
    private static final int NEWFALSE = 0x89;
    private static final int LONG1 = 0x8a;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private PickleWriter() {}

    static byte[] stateDict(Map<String, StridedTensor> tensors) {
        PickleWriter writer = new PickleWriter();
        writer.out.write(PROTO);
        writer.out.write(2);
        writer.orderedDict();
        writer.out.write(MARK);
        int key = 0;
        for (Map.Entry<String, StridedTensor> entry : tensors.entrySet()) {
            writer.text(entry.getKey());
            writer.tensor(key++, entry.getValue());
        }
        writer.out.write(SETITEMS);
        writer.out.write(STOP);
        return writer.out.toByteArray();
    }

    /** {@code _rebuild_tensor_v2(storage, 0, size, stride, False, OrderedDict())}. */
    private void tensor(int key, StridedTensor tensor) {
        String storage = storageName(tensor.dtype());
        boolean untyped = storage == null;
        global("torch._utils", untyped ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2");
        out.write(MARK);

        out.write(MARK);
        text("storage");
        global(untyped ? "torch.storage" : "torch", untyped ? "UntypedStorage" : storage);
        text(Integer.toString(key));
        text("cpu");
        integer(untyped ? tensor.bytes() : tensor.size());
        out.write(TUPLE);
        out.write(BINPERSID);

        integer(0);
        integers(tensor.shape());
        integers(Strides.rowMajor(tensor.shape()));
        out.write(NEWFALSE);
        orderedDict();
        if (untyped) {
            global("torch", typeName(tensor.dtype()));
        }
        out.write(TUPLE);
        out.write(REDUCE);
    }

    /** Types younger than the typed storages have none of their own. */
    private static String storageName(DType dtype) {
        return switch (dtype) {
            case F32 -> "FloatStorage";
            case F64 -> "DoubleStorage";
            case F16 -> "HalfStorage";
            case BF16 -> "BFloat16Storage";
            case I64 -> "LongStorage";
            case I32 -> "IntStorage";
            case I16 -> "ShortStorage";
            case I8 -> "CharStorage";
            case U8 -> "ByteStorage";
            case BOOL -> "BoolStorage";
            case U16, U32, U64, F8_E4M3, F8_E5M2 -> null;
        };
    }

    private static String typeName(DType dtype) {
        return switch (dtype) {
            case U16 -> "uint16";
            case U32 -> "uint32";
            case U64 -> "uint64";
            case F8_E4M3 -> "float8_e4m3fn";
            case F8_E5M2 -> "float8_e5m2";
            default -> throw new IllegalArgumentException(dtype + " has a storage of its own");
        };
    }

    private void orderedDict() {
        global("collections", "OrderedDict");
        out.write(EMPTY_TUPLE);
        out.write(REDUCE);
    }

    private void global(String module, String name) {
        out.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write(BINUNICODE);
        out.writeBytes(int32(bytes.length));
        out.writeBytes(bytes);
    }

    private void integers(long[] values) {
        out.write(MARK);
        for (long value : values) {
            integer(value);
        }
        out.write(TUPLE);
    }

    private void integer(long value) {
        if ((int) value == value) {
            out.write(BININT);
            out.writeBytes(int32((int) value));
        } else {
            out.write(LONG1);
            out.write(Long.BYTES);
            out.writeBytes(
                    ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(value)
                            .array());
        }
    }

    private static byte[] int32(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }
}
