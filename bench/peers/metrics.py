"""The same eight metrics by scikit-learn: python metrics.py FOLDER ROWS"""

import sys

from meter import meter
from scores import read_scores
from sklearn.metrics import (accuracy_score, average_precision_score, brier_score_loss, f1_score, log_loss,
                             precision_score, recall_score, roc_auc_score)

actual, score, predicted = read_scores(sys.argv[1], int(sys.argv[2]))

meter(lambda: {
    "accuracy": accuracy_score(actual, predicted),
    "precision": precision_score(actual, predicted),
    "recall": recall_score(actual, predicted),
    "f1": f1_score(actual, predicted),
    "roc_auc": roc_auc_score(actual, score),
    "average_precision": average_precision_score(actual, score),
    "log_loss": log_loss(actual, score),
    "brier": brier_score_loss(actual, score),
})
