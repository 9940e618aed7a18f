package dev.getj.io.torch;

import dev.getj.io.DType;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The names of a pickle that have a meaning here: what {@code torch.save} needs for tensors of real
 * numbers in plain containers, and NumPy for arrays of them. None of them is code; the interpreter
 * knows what each means. All other names are judged by {@link ForeignName}.
 */
sealed interface TorchGlobal {

    /** Something a pickle may call. */
    enum Callable implements TorchGlobal {
        ORDERED_DICT,
        NAMESPACE,
        SIZE,
        DEVICE,
        ENCODE,
        REBUILD_TENSOR,
        REBUILD_TENSOR_V2,
        REBUILD_TENSOR_V3,
        REBUILD_PARAMETER,
        REBUILD_PARAMETER_WITH_STATE,
        REBUILD_FROM_TYPE,
        NUMPY_ARRAY,
        NUMPY_ARRAY_OF_BUFFER,
        NUMPY_TYPE,
        NUMPY_SCALAR,
        LIST,
        BYTES,
        DEFAULT_DICT,
        COUNTER,
        NEW_OBJECT,
        RECONSTRUCT
    }

    /** A kind of storage; null for an untyped one. */
    record StorageType(DType dtype) implements TorchGlobal {}

    /** {@code torch.float32} and the like. */
    record ElementType(DType dtype) implements TorchGlobal {}

    /** {@code torch.Tensor} or {@code Parameter}, named as the type of a tensor with attributes. */
    enum TensorType implements TorchGlobal {
        TENSOR
    }

    /** {@code numpy.ndarray}, named as the type of an array. */
    enum ArrayType implements TorchGlobal {
        ARRAY
    }

    /** The one that a pickle calls {@code module.name}, if it is allowed. */
    static Optional<TorchGlobal> named(String module, String name) {
        return Optional.ofNullable(Names.ALLOWED.get(module + "." + name));
    }

    /** The table behind {@link #named}. */
    final class Names {
        private static final Map<String, TorchGlobal> ALLOWED = allowed();

        private Names() {}

        private static Map<String, TorchGlobal> allowed() {
            Map<String, TorchGlobal> all = new HashMap<>();
            all.put("collections.OrderedDict", Callable.ORDERED_DICT);
            all.put("argparse.Namespace", Callable.NAMESPACE);
            all.put("torch.Size", Callable.SIZE);
            all.put("torch.device", Callable.DEVICE);
            all.put("_codecs.encode", Callable.ENCODE);
            all.put("torch._utils._rebuild_tensor", Callable.REBUILD_TENSOR);
            all.put("torch._utils._rebuild_tensor_v2", Callable.REBUILD_TENSOR_V2);
            all.put("torch._utils._rebuild_tensor_v3", Callable.REBUILD_TENSOR_V3);
            all.put("torch._utils._rebuild_parameter", Callable.REBUILD_PARAMETER);
            all.put(
                    "torch._utils._rebuild_parameter_with_state",
                    Callable.REBUILD_PARAMETER_WITH_STATE);
            all.put("torch._tensor._rebuild_from_type_v2", Callable.REBUILD_FROM_TYPE);
            all.put("torch.Tensor", TensorType.TENSOR);
            all.put("torch._tensor.Tensor", TensorType.TENSOR);
            all.put("torch.nn.parameter.Parameter", TensorType.TENSOR);
            all.put("torch.storage.UntypedStorage", new StorageType(null));
            all.put("torch.UntypedStorage", new StorageType(null));
            type(all, "Float", DType.F32, "float32");
            type(all, "Double", DType.F64, "float64");
            type(all, "Half", DType.F16, "float16");
            type(all, "BFloat16", DType.BF16, "bfloat16");
            type(all, "Long", DType.I64, "int64");
            type(all, "Int", DType.I32, "int32");
            type(all, "Short", DType.I16, "int16");
            type(all, "Char", DType.I8, "int8");
            type(all, "Byte", DType.U8, "uint8");
            type(all, "Bool", DType.BOOL, "bool");
            all.put("torch.uint16", new ElementType(DType.U16));
            all.put("torch.uint32", new ElementType(DType.U32));
            all.put("torch.uint64", new ElementType(DType.U64));
            all.put("torch.float8_e4m3fn", new ElementType(DType.F8_E4M3));
            all.put("torch.float8_e5m2", new ElementType(DType.F8_E5M2));
            numpy(all);
            python(all);
            return Map.copyOf(all);
        }

        // numpy._core since NumPy 2
        private static void numpy(Map<String, TorchGlobal> all) {
            for (String core : new String[] {"numpy.core.", "numpy._core."}) {
                all.put(core + "multiarray._reconstruct", Callable.NUMPY_ARRAY);
                all.put(core + "multiarray.scalar", Callable.NUMPY_SCALAR);
                all.put(core + "numeric._frombuffer", Callable.NUMPY_ARRAY_OF_BUFFER);
            }
            all.put("numpy.dtype", Callable.NUMPY_TYPE);
            all.put("numpy.ndarray", ArrayType.ARRAY);
        }

        // Python 2 has other names for two modules
        private static void python(Map<String, TorchGlobal> all) {
            for (String builtins : new String[] {"builtins.", "__builtin__."}) {
                all.put(builtins + "bytes", Callable.BYTES);
                all.put(builtins + "set", Callable.LIST);
                all.put(builtins + "frozenset", Callable.LIST);
            }
            for (String copyreg : new String[] {"copyreg.", "copy_reg."}) {
                all.put(copyreg + "__newobj__", Callable.NEW_OBJECT);
                all.put(copyreg + "_reconstructor", Callable.RECONSTRUCT);
            }
            all.put("collections.deque", Callable.LIST);
            all.put("collections.defaultdict", Callable.DEFAULT_DICT);
            all.put("collections.Counter", Callable.COUNTER);
            all.put("types.SimpleNamespace", Callable.NAMESPACE);
        }

        private static void type(
                Map<String, TorchGlobal> all, String storage, DType dtype, String name) {
            all.put("torch." + storage + "Storage", new StorageType(dtype));
            all.put("torch." + name, new ElementType(dtype));
        }
    }
}
