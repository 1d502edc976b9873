"""A bootstrap as it is usually written with numpy: python bootstrap.py FOLDER ROWS labels|auc DRAWS

`labels`: accuracy and F1 from the same drawn rows. `auc`: ROC AUC by scikit-learn on the drawn rows.
"""

import sys

import numpy as np
from meter import meter
from scores import read_scores
from sklearn.metrics import roc_auc_score

folder, rows, what, draws = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
actual, score, predicted = read_scores(folder, rows)
rng = np.random.default_rng(0)


def labels():
    accuracy, f1 = np.empty(draws), np.empty(draws)
    for i in range(draws):
        drawn = rng.integers(0, rows, rows)
        y, p = actual[drawn], predicted[drawn]
        hits = np.sum((y == 1) & (p == 1))
        accuracy[i] = np.mean(y == p)
        f1[i] = 2 * hits / (np.sum(y == 1) + np.sum(p == 1))
    return {**ends("accuracy", accuracy), **ends("f1", f1)}


def auc():
    values = np.empty(draws)
    for i in range(draws):
        drawn = rng.integers(0, rows, rows)
        values[i] = roc_auc_score(actual[drawn], score[drawn])
    return ends("roc_auc", values)


def ends(name, values):
    low, high = np.quantile(values, [0.025, 0.975])
    return {f"{name}_low": low, f"{name}_high": high}


meter(labels if what == "labels" else auc)
