"""Binary predictions from raw arrays."""

from pathlib import Path

import numpy as np


def read_scores(folder, rows):
    score = np.fromfile(Path(folder) / "scores.f64", "<f8", rows)
    actual = np.fromfile(Path(folder) / "actual.i32", "<i4", rows)
    return actual, score, (score > 0.5).astype(np.int32)
