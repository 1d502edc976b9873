"""Fitting, and the same model as ONNX."""

import warnings

import numpy as np
import onnx
import onnxruntime
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from trainer.errors import TrainingError
from trainer.rows import Rows
from trainer.settings import Settings

#: What ONNX Runtime 1.30 and the older ones of other services all read.
OPSET = {"": 17, "ai.onnx.ml": 3}
#: Between the probabilities of scikit-learn, in double, and of ONNX Runtime, in float32.
TOLERANCE = 1e-6


def fit(rows: Rows, settings: Settings) -> Pipeline:
    """
    Logistic regression on standardised columns. The seed decides the order in which SAGA visits the rows (Defazio, Bach
    and Lacoste-Julien 2014). Raises TrainingError when it has not converged: such a model depends on where it stopped.
    """
    solver = LogisticRegression(C=settings.c, solver="saga", max_iter=settings.max_iter, random_state=settings.seed)
    pipeline = make_pipeline(StandardScaler(), solver)
    constant = [
        name
        for name, low, high in zip(settings.features, rows.features.min(axis=0), rows.features.max(axis=0), strict=True)
        if low == high
    ]
    if constant:
        raise TrainingError(
            f"`{'`, `'.join(constant)}` has one value in all rows that are trained on; allowed: columns that vary"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            return pipeline.fit(rows.features.astype(np.float64), rows.labels)
        except ConvergenceWarning as error:
            raise TrainingError(
                f"the solver has not converged within {settings.max_iter} passes; give more (--max-iter) or less --c"
            ) from error


def to_onnx(pipeline: Pipeline, width: int) -> bytes:
    """One float32 tensor `X`, rows × width, in; `label` and `probabilities` out, which no ZipMap hides in mappings."""
    model = convert_sklearn(
        pipeline,
        name="model",
        initial_types=[("X", FloatTensorType([None, width]))],
        target_opset=OPSET,
        options={id(pipeline[-1]): {"zipmap": False}},
    )
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def run_onnx(model: bytes, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Labels and probabilities, the latter rows × classes."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    label, probabilities = session.run(["label", "probabilities"], {"X": features})
    return np.asarray(label), np.asarray(probabilities)


def largest_difference(pipeline: Pipeline, model: bytes, rows: Rows) -> float:
    """Of a probability. Raises TrainingError where the two models are not the same within TOLERANCE."""
    wanted = pipeline.predict_proba(rows.features.astype(np.float64))
    _, probabilities = run_onnx(model, rows.features)
    difference = float(np.abs(wanted - probabilities).max())
    if not difference <= TOLERANCE:
        raise TrainingError(
            f"the ONNX model differs from scikit-learn's by {difference:.2e} in a probability; allowed: {TOLERANCE:.0e}"
        )
    return difference
