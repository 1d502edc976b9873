"""What the ONNX model does on the held-out rows; the gate measures again, with intervals."""

import numpy as np
from sklearn.metrics import accuracy_score, f1_score, log_loss, roc_auc_score

from trainer.model import run_onnx
from trainer.rows import Rows


def measure(model: bytes, rows: Rows) -> dict[str, float]:
    """By the gate's names. `roc_auc` of several classes is the mean of one against the rest."""
    labels, probabilities = run_onnx(model, rows.features)
    classes = np.unique(rows.labels)
    scores = probabilities[:, 1] if len(classes) == 2 else probabilities / probabilities.sum(axis=1, keepdims=True)
    return {
        "accuracy": float(accuracy_score(rows.labels, labels)),
        "f1_macro": float(f1_score(rows.labels, labels, average="macro")),
        "log_loss": float(log_loss(rows.labels, probabilities, labels=classes)),
        "roc_auc": float(roc_auc_score(rows.labels, scores, multi_class="ovr")),
    }


def counts(rows: Rows) -> dict[str, int]:
    """Rows of each class."""
    values, numbers = np.unique(rows.labels, return_counts=True)
    return {str(value): int(number) for value, number in zip(values, numbers, strict=True)}
