# Made every other file of this folder and of ../numpy with PyTorch 2.13 and NumPy 2.4; run there.
import argparse
import collections

import numpy as np
import torch

dtypes = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32,
          torch.int16, torch.int8, torch.uint8, torch.bool]
late = [torch.uint16, torch.uint32, torch.uint64, torch.float8_e4m3fn, torch.float8_e5m2]


def name(dtype):
    return str(dtype).removeprefix("torch.")


def everything():
    base = torch.arange(24.0).reshape(4, 6)
    parameter = torch.nn.Parameter(torch.tensor([1.5, -2.5]))
    attributed = torch.tensor([7.0])
    attributed.note = "kept by PyTorch, left out by getj"
    net = torch.nn.Linear(3, 2)
    with torch.no_grad():
        net.weight.copy_(torch.arange(6.0).reshape(2, 3))
        net.bias.copy_(torch.tensor([-1.0, 1.0]))
    adam = torch.optim.AdamW(net.parameters(), lr=0.5)
    net(torch.ones(1, 3)).sum().backward()
    adam.step()
    return {
        "types": {name(d): torch.tensor([0, 1, 2, 3, 100]).to(d) for d in dtypes},
        "views": {
            "transposed": base.t(),
            "part": base[1:3, 2:5],
            "every_second": base[:, ::2],
            "expanded": torch.tensor([[1.0], [2.0]]).expand(2, 3),
            "permuted": torch.arange(24).reshape(2, 3, 4).permute(2, 0, 1),
            "scalar": torch.tensor(3.25),
            "empty": torch.zeros(0, 3),
            "column": base[:, 3],
        },
        "shared": [base, base],
        "nested": [(torch.tensor([1]), {"deep": [torch.tensor([2])]}), "text", None, True, 7, -1,
                   2**40, 2**80, 0.1, b"\x00\xff", torch.Size([2, 3])],
        "ordered": collections.OrderedDict([("b", torch.ones(1)), ("a", torch.zeros(1))]),
        "args": argparse.Namespace(model="GET-T/2", lr=1e-4, grad=[6], cond=False, none=None,
                                   device=torch.device("cuda", 1)),
        "parameter": parameter,
        "attributed": attributed,
        "model": net.state_dict(),
        "opt": adam.state_dict(),
        3: torch.tensor([30.0]),
    }


torch.save(everything(), "zip.pt")
torch.save(everything(), "zip_protocol4.pt", pickle_protocol=4)
torch.save(everything(), "legacy.pt", _use_new_zipfile_serialization=False)
torch.save({name(d): torch.tensor([0, 1, 2, 3, 100]).to(torch.float32).to(d) for d in late},
           "late_types.pt")
torch.serialization.set_crc32_options(False)
torch.save(everything(), "no_sums.pt")
torch.serialization.set_crc32_options(True)
torch.save({"z": torch.zeros(2, dtype=torch.complex64)}, "complex.pt")
torch.save({"a": np.float64(1.5)}, "numpy_scalar.pt")

a = np.arange(24).reshape(2, 3, 4)
arrays = {t: a.astype(t) for t in ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1"]}
arrays |= {"big": a.astype(">f8"), "bigint": a.astype(">i2"), "fortran": np.asfortranarray(a.astype("f4")),
           "bool": a % 2 == 0, "scalar": np.float64(2.5), "empty": np.zeros((0, 3))}
np.savez("../numpy/arrays.npz", **arrays)
np.savez_compressed("../numpy/compressed.npz", **arrays)
np.save("../numpy/single.npy", a.astype("f4"))
np.savez("../numpy/text.npz", words=np.array(["a", "b"]))
np.savez("../numpy/objects.npz", things=np.array([{}, 1], dtype=object))
