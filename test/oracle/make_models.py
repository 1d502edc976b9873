"""Writes small random models of scikit-learn as ONNX with their data, and what follows from ONNX Runtime's answers.

    python make_models.py --out FOLDER --seed 1 --count 10

One input per column, of random types: float, int64, bool, string. `cases.json` is that of make_random.py.
"""

import argparse
import json
from pathlib import Path

import expected as oracle
import numpy as np
import onnx
import onnxruntime
import pandas as pd
import tables
from expected import word
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

TYPES = {
    "float": (FloatTensorType, np.float32),
    "int64": (Int64TensorType, np.int64),
    "bool": (Int64TensorType, np.bool_),
    "string": (StringTensorType, object),
}
COLOURS = ["red", "dark, blue", 'the "green"', "ärmel"]
FORMATS = [form for form in tables.FORMATS if form != "npz"]


def feature(rng, kind: str, n: int):
    if kind == "string":
        return np.array([COLOURS[i] for i in rng.integers(0, len(COLOURS), n)], dtype=object)
    if kind == "bool":
        return rng.random(n) < 0.4
    if kind == "int64":
        return rng.integers(-50, 1000, n)
    return rng.normal(size=n).astype(np.float32)


def numeric(column):
    """Some number for every cell, that labels can depend on."""
    if column.dtype == object:
        return np.array([COLOURS.index(each) for each in column]) - 1.5
    return (column - column.mean()) / (column.std() or 1)


def signal_of(rng, frame):
    return sum(rng.normal() * numeric(column) for column in frame.values()) + 0.5 * rng.normal(size=len(frame["f0"]))


def classifier(rng):
    return [
        LogisticRegression(C=0.5),
        DecisionTreeClassifier(max_depth=4, random_state=0),
        RandomForestClassifier(n_estimators=7, max_depth=4, random_state=0),
        MLPClassifier((5,), max_iter=60, random_state=0),
        GaussianNB(),
    ][int(rng.integers(0, 5))]


def regressor(rng):
    return [
        Ridge(),
        RandomForestRegressor(n_estimators=7, max_depth=4, random_state=0),
        GradientBoostingRegressor(n_estimators=9, random_state=0),
    ][int(rng.integers(0, 3))]


def joined(parts):
    return sum(parts, []) if isinstance(parts[0], list) else np.concatenate(parts)


def with_bool_inputs(model, names: list[str]) -> None:
    """skl2onnx takes no booleans: the int64 input becomes a Cast of a bool one."""
    for name in names:
        for node in model.graph.node:
            node.input[:] = [f"{name}_number" if each == name else each for each in node.input]
        cast = onnx.helper.make_node("Cast", [name], [f"{name}_number"], to=onnx.TensorProto.INT64)
        model.graph.node.insert(0, cast)
        declared = next(each for each in model.graph.input if each.name == name)
        declared.type.tensor_type.elem_type = onnx.TensorProto.BOOL


def labels_of(rng, signal):
    names = [["no", "yes"], [0, 1], ["a", "b", "c"], [3, 5, 40], [False, True]][int(rng.integers(0, 5))]
    cuts = np.quantile(signal, np.linspace(0, 1, len(names) + 1)[1:-1])
    return np.array(names)[np.digitize(signal, cuts)]


def make(rng, index: int, folder: Path) -> dict:
    n = int(rng.integers(80, 400))
    kinds = ["float", *rng.choice(list(TYPES), size=int(rng.integers(1, 5)))]
    frame = {f"f{i}": feature(rng, kind, n) for i, kind in enumerate(kinds)}
    regression = rng.random() < 0.3
    signal = signal_of(rng, frame)
    actual = np.round(signal, 3) if regression else labels_of(rng, signal)
    one_hot = [f"f{i}" for i, kind in enumerate(kinds) if kind == "string"]
    # Each column apart: skl2onnx joins only columns of one type.
    steps = [(name, OneHotEncoder(handle_unknown="ignore", sparse_output=False), [name]) for name in one_hot]
    steps += [(name, StandardScaler(), [name]) for name in frame if name not in one_hot]
    last = regressor(rng) if regression else classifier(rng)
    model = make_pipeline(ColumnTransformer(steps), last)
    model.fit(pd.DataFrame({name: each + 0 if each.dtype == bool else each for name, each in frame.items()}), actual)
    options = {} if regression else {id(last): {"zipmap": bool(rng.random() < 0.5)}}
    types = [(name, TYPES[kind][0]([None, 1])) for name, kind in zip(frame, kinds)]
    converted = convert_sklearn(model, name="model", initial_types=types, options=options, target_opset={"": 17, "ai.onnx.ml": 3})
    with_bool_inputs(converted, [f"f{i}" for i, kind in enumerate(kinds) if kind == "bool"])
    path = folder / f"model-{index}.onnx"
    path.write_bytes(converted.SerializeToString())

    form = str(rng.choice(FORMATS))
    feeds = {
        name: (tables.as_read(column, form) if kind == "float" else column).astype(TYPES[kind][1])[:, None]
        for (name, column), kind in zip(frame.items(), kinds)
    }
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    # In the gate's batches: sums over trees depend in their last bits on how many rows there are.
    size = int(rng.integers(1, 500))
    parts = [session.run(None, {k: v[i : i + size] for k, v in feeds.items()}) for i in range(0, n, size)]
    answers = [joined(column) for column in zip(*parts)]
    shuffled = list(rng.permutation(list(frame)))
    data = folder / f"data-{index}.{form}"
    tables.write(data, form, {name: list(frame[name]) for name in shuffled} | {"label": list(actual)}, rng)
    given = {"model-path": str(path), "data-path": str(data), "batch-size": str(size)}
    if regression:
        found = oracle.regression(tables.as_read(actual, form), answers[0].ravel().astype(np.float64))
        given["task"] = "regression"
        names = []
    else:
        names = list(model.classes_)
        found = classes(given, names, actual, *answers[:2])
    spelt = {spell(which, [str(each) for each in names]): value for which, value in found.items()}
    report = ("roc_auc", "average_precision")
    kept = {(name, None if len(names) == 2 else "macro") for name in report}
    return {
        "name": f"{index}: {type(last).__name__} on {', '.join(kinds)}, {form}",
        "with": given,
        "checks": [{"name": name, "value": value} for name, value in spelt.items()],
        "metrics": {s: v for (s, v), which in zip(spelt.items(), found) if which[0] not in report or which in kept},
    }


def classes(given: dict, names: list, actual, said, scores) -> dict:
    """Booleans are 0 and 1 in skl2onnx's outputs."""
    if isinstance(scores, list):
        scores = np.array([[row[key] for key in row] for row in scores])
    index = {str(name): i for i, name in enumerate(names)}
    bools = {"0": 0, "1": 1} if isinstance(names[0], np.bool_) else {}
    predicted = np.array([(index | bools)[str(each)] for each in said.ravel()])
    truth = np.array([index[str(each)] for each in actual])
    if bools:
        names[:] = ["0", "1"]
    positive = next((i for i, name in enumerate(names) if str(name) in ("1", "yes")), 1) if len(names) == 2 else None
    read = scores.astype(np.float64)
    read = read if positive is None else read[:, positive]
    return oracle.classification(truth, predicted, read, names, positive, True)


def spell(which: tuple, names: list[str]) -> str:
    metric, variant = which
    if variant is None:
        return metric
    return f"{metric}({variant if isinstance(variant, str) else word(names[variant])})"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, default=10)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    cases = [make(np.random.default_rng([options.seed, 7, i]), i, options.out) for i in range(options.count)]
    (options.out / "cases.json").write_text(json.dumps(cases, ensure_ascii=False), encoding="utf-8")
    print(f"{len(cases)} cases")


if __name__ == "__main__":
    main()
