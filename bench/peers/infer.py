"""ONNX Runtime in Python over the same rows: python infer.py MODEL DATA memory|file"""

import sys

import numpy as np
import onnxruntime as ort
import pyarrow.parquet as pq
from meter import meter

BATCH = 4096
model, data, source = sys.argv[1:4]
options = ort.SessionOptions()
options.log_severity_level = 3
session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
features = [f"f{i:02d}" for i in range(20)]


def read():
    """One row-major float32 matrix: what the model takes as it is."""
    table = pq.read_table(data, columns=[*features, "label"])
    return np.column_stack([table[name].to_numpy() for name in features]).astype(np.float32, copy=False)


def infer(x):
    total = 0.0
    for start in range(0, len(x), BATCH):
        _, scores = session.run(None, {"X": x[start:start + BATCH]})
        total += scores[:, 1].sum(dtype=np.float64)
    return {"rows": len(x), "meanScore": total / len(x)}


if source == "memory":
    matrix = read()
    infer(matrix[:20 * BATCH])  # warm up, as ours does
    meter(lambda: infer(matrix))
else:
    meter(lambda: infer(read()))
