"""Plain pickles of NumPy arrays and scalars, one a protocol: python make_numpy.py, NumPy 2.4."""
import collections
import pickle

import numpy as np

value = {
    "rows": np.arange(6, dtype=np.float32).reshape(2, 3),
    "columns": np.asfortranarray(np.arange(6, dtype=np.int16).reshape(2, 3)),
    "big": np.array([1, 258], dtype=">u4"),
    "bool": np.array([True, False]),
    "scalar": np.float64(2.5),
    "whole": np.int64(-7),
    "empty": np.zeros((0, 3), np.uint8),
    "single": np.array(9, np.uint8),
    "objects": np.array([{}, "text"], dtype=object),
    "text": np.array(["a", "bc"]),
    "complex": np.array([1j]),
    "record": np.zeros(2, dtype=[("a", "f4"), ("b", "i2")]),
    "set": {3},
    "frozen": frozenset([4]),
    "default": collections.defaultdict(list, {"a": 1}),
    "counter": collections.Counter("aab"),
    "deque": collections.deque([1, 2]),
    "bytes": b"\x00\xff",
    b"key": 5,
    0.5: 6,
    (1, 2): 7,
}
for protocol in (2, 3, 4, 5):
    with open(f"numpy_{protocol}.pkl", "wb") as file:
        pickle.dump(value, file, protocol)
