"""The model job as a script that a team writes: read, predict, eight metrics, no intervals: python whole.py MODEL DATA"""

import sys

import numpy as np
import onnxruntime as ort
import pandas as pd
from meter import meter
from sklearn.metrics import (accuracy_score, average_precision_score, brier_score_loss, f1_score, log_loss,
                             precision_score, recall_score, roc_auc_score)

model, data = sys.argv[1:3]


def job():
    frame = pd.read_parquet(data) if data.endswith(".parquet") else pd.read_csv(data)
    actual = frame.pop("label").to_numpy()
    x = frame.to_numpy(np.float32)
    session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
    parts = [session.run(None, {"X": x[i:i + 4096]}) for i in range(0, len(x), 4096)]
    predicted = np.concatenate([label for label, _ in parts])
    score = np.concatenate([scores[:, 1] for _, scores in parts])
    return {
        "accuracy": accuracy_score(actual, predicted),
        "precision": precision_score(actual, predicted),
        "recall": recall_score(actual, predicted),
        "f1": f1_score(actual, predicted),
        "roc_auc": roc_auc_score(actual, score),
        "average_precision": average_precision_score(actual, score),
        "log_loss": log_loss(actual, score),
        "brier": brier_score_loss(actual, score),
    }


meter(job, whole_process=True)
