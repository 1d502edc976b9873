"""A small model of 20 features and tables of as many rows as asked for: python write_rows.py FOLDER ROWS ..."""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import GradientBoostingClassifier

FEATURES = 20


def draw(rng, rows):
    x = rng.normal(size=(rows, FEATURES)).astype(np.float32)
    return x, (rng.random(rows) < 1 / (1 + np.exp(-2 * x[:, 0] + x[:, 1]))).astype(np.int64)


folder, rng = Path(sys.argv[1]), np.random.default_rng(0)
model = GradientBoostingClassifier(n_estimators=20, random_state=0).fit(*draw(rng, 2_000))
converted = convert_sklearn(model, initial_types=[("X", FloatTensorType([None, FEATURES]))],
                            target_opset={"": 17, "ai.onnx.ml": 3}, options={id(model): {"zipmap": False}})
(folder / "model.onnx").write_bytes(converted.SerializeToString())
for rows in map(int, sys.argv[2:]):
    x, y = draw(rng, rows)
    table = pa.table({**{f"f{i:02d}": x[:, i] for i in range(FEATURES)}, "label": y})
    pyarrow.parquet.write_table(table, folder / f"{rows}.parquet", row_group_size=100_000)
    pyarrow.csv.write_csv(table, folder / f"{rows}.csv")
