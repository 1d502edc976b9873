"""What scikit-learn and Fairlearn say of predictions, by the names that thresholds use; None where undefined.

The documented rules: `zero_division` = 0; averages run over the classes that occur; ranking metrics need rows of
the class and rows of others (without others scikit-learn's average precision is 1 whatever the scores are); a group without rows of an outcome has no rate; probabilities are read in double.
"""

import re
import warnings

import numpy as np
from fairlearn import metrics as fair
from sklearn import metrics as sk

warnings.filterwarnings("ignore")
AVERAGES = ("macro", "micro", "weighted")


def word(text: str) -> str:
    """A class, column or value as thresholds spell it."""
    plain = text != "" and text == text.strip() and not re.search(r"""[",=()\\#']|^/""", text)
    if plain and text not in AVERAGES:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def finite(value):
    return None if value is None or not np.isfinite(value) else float(value)


def labels_only(actual, predicted, names, positive) -> dict:
    """`actual`, `predicted`: indices into `names`; keys are (metric, variant)."""
    out = {
        ("accuracy", None): sk.accuracy_score(actual, predicted),
        ("balanced_accuracy", None): sk.balanced_accuracy_score(actual, predicted),
        ("mcc", None): sk.matthews_corrcoef(actual, predicted),
        ("kappa", None): sk.cohen_kappa_score(actual, predicted),
    }
    every = list(range(len(names)))
    for name, score in (("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score)):
        for average in AVERAGES:
            out[name, average] = score(actual, predicted, average=average, zero_division=0)
        by_class = score(actual, predicted, labels=every, average=None, zero_division=0)
        out |= {(name, k): by_class[k] for k in every}
        if positive is not None:
            out[name, None] = by_class[positive]
    return out


def ece(top, right) -> float:
    """Ten right-closed bins of equal width (Guo et al. 2017)."""
    edges = np.arange(1, 10) / 10
    bins = np.searchsorted(edges, top, side="left")
    return sum(abs(np.sum(right[bins == b] - top[bins == b])) for b in range(10)) / len(top)


def ranking(truth, scores) -> tuple:
    """ROC AUC and average precision of one class."""
    if not 0 < truth.sum() < len(truth):
        return None, None
    return sk.roc_auc_score(truth, scores), sk.average_precision_score(truth, scores)


def scored(actual, scores, names, positive, probabilities) -> dict:
    """Binary: `scores` of the positive class; else rows x classes."""
    out = {}
    every = list(range(len(names)))
    if positive is not None:
        truth = (actual == positive).astype(int)
        out["roc_auc", None], out["average_precision", None] = ranking(truth, scores)
        for k, (hit, score) in {positive: (truth, scores), 1 - positive: (1 - truth, -scores)}.items():
            out["roc_auc", k], out["average_precision", k] = ranking(hit, score)
        if probabilities:
            out["log_loss", None] = sk.log_loss(truth, scores, labels=[0, 1])
            out["brier", None] = sk.brier_score_loss(truth, scores, labels=[0, 1], pos_label=1)
            out["ece", None] = ece(scores, truth)
        return out
    one_hot = (actual[:, None] == np.arange(len(names))[None, :]).astype(int)
    for k in every:
        out["roc_auc", k], out["average_precision", k] = ranking(one_hot[:, k], scores[:, k])
    for average in ("macro", "weighted"):
        for name, score in (("roc_auc", sk.roc_auc_score), ("average_precision", sk.average_precision_score)):
            whole = all(out[name, k] is not None for k in every)
            out[name, average] = score(one_hot, scores, average=average) if whole else None
    if probabilities:
        out["log_loss", None] = sk.log_loss(actual, scores, labels=every)
        out["brier", None] = sk.brier_score_loss(actual, scores, labels=every, scale_by_half=False)
        top = scores.argmax(axis=1)
        out["ece", None] = ece(scores.max(axis=1), (top == actual).astype(int))
    return out


def classification(actual, predicted, scores, names, positive, probabilities) -> dict:
    out = labels_only(actual, predicted, names, positive)
    if scores is not None:
        out |= scored(actual, scores, names, positive, probabilities)
    return {key: finite(value) for key, value in out.items()}


def fairness(truth, said, groups) -> dict:
    """Of 0/1 arrays; None where a group has no row with the outcome that a rate is taken of."""
    present = sorted(set(groups))
    enough = len(present) > 1
    positives = enough and all(truth[groups == g].any() for g in present)
    negatives = enough and all((1 - truth[groups == g]).any() for g in present)
    exists = {
        "demographic_parity_difference": enough,
        "equal_opportunity_difference": positives,
        "equalized_odds_difference": positives and negatives,
    }
    return {
        name: finite(getattr(fair, name)(truth, said, sensitive_features=groups)) if defined else None
        for name, defined in exists.items()
    }


def regression(actual, predicted) -> dict:
    out = {
        "rmse": sk.root_mean_squared_error(actual, predicted),
        "mae": sk.mean_absolute_error(actual, predicted),
        "mape": sk.mean_absolute_percentage_error(actual, predicted),
        "r2": sk.r2_score(actual, predicted) if len(actual) > 1 else None,
        "median_absolute_error": sk.median_absolute_error(actual, predicted),
        "max_error": sk.max_error(actual, predicted),
    }
    return {(name, None): finite(value) for name, value in out.items()}
