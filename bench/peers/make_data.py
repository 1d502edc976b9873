"""Models and data of the benchmark, into the folder given: 1,000,000 rows x 20 features, and 200,000 x 5 as CSV.

    python make_data.py FOLDER

The models are trained on 20,000 rows of the same distribution, so that the metrics are those of a plausible model.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

ROWS, FEATURES, SMALL = 1_000_000, 20, 100_000


def draw(rng, rows):
    """Half of the features carry a non-linear signal; the label is drawn, so that no model can be perfect."""
    x = rng.normal(size=(rows, FEATURES)).astype(np.float32)
    logit = 1.5 * x[:, 0] - x[:, 1] + x[:, 2] * x[:, 3] + np.sin(2 * x[:, 4]) + 0.5 * x[:, 5:10].sum(axis=1) - 0.5
    return x, (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(np.int64)


def write_models(folder, rng):
    x, y = draw(rng, 20_000)
    models = {
        "gradient-boosting": GradientBoostingClassifier(n_estimators=100, max_depth=3, random_state=0),
        "random-forest": RandomForestClassifier(n_estimators=100, max_depth=8, random_state=0, n_jobs=2),
    }
    for name, model in models.items():
        model.fit(x, y)
        onnx = convert_sklearn(model, name="model", initial_types=[("X", FloatTensorType([None, FEATURES]))],
                               target_opset={"": 17, "ai.onnx.ml": 3}, options={id(model): {"zipmap": False}})
        (folder / f"{name}.onnx").write_bytes(onnx.SerializeToString())


def write_tables(folder, rng):
    x, y = draw(rng, ROWS)
    columns = {f"f{i:02d}": x[:, i] for i in range(FEATURES)}
    table = pa.table({**columns, "label": y})
    for rows, name in ((ROWS, "large"), (SMALL, "small")):
        pq.write_table(table.slice(0, rows), folder / f"{name}.parquet", row_group_size=100_000)
        pacsv.write_csv(table.slice(0, rows), folder / f"{name}.csv")


def write_scores(folder, rng):
    """Calibrated probabilities and labels drawn from them: AUC 0.86, as raw little-endian arrays."""
    score = 1 / (1 + np.exp(-rng.normal(-0.5, 2, ROWS)))
    score.astype("<f8").tofile(folder / "scores.f64")
    (rng.random(ROWS) < score).astype("<i4").tofile(folder / "actual.i32")


def write_describe(folder, rng):
    frame = pd.DataFrame({
        "id": np.arange(200_000),
        "age": rng.integers(18, 90, 200_000),
        "income": rng.lognormal(10, 1, 200_000).round(2),
        "score": rng.random(200_000),
        "region": rng.choice(["north", "south", "east", "west"], 200_000),
    })
    frame.to_csv(folder / "describe.csv", index=False)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    write_models(target, np.random.default_rng(1))
    write_tables(target, np.random.default_rng(2))
    write_scores(target, np.random.default_rng(3))
    write_describe(target, np.random.default_rng(4))
