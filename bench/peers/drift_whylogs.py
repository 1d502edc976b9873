"""whylogs' profiles and their drift scores: python drift_whylogs.py REFERENCE CURRENT

REFERENCE.bin is a profile that was written before. `python drift_whylogs.py REFERENCE PROFILE.bin write` writes one.
"""

import os
import sys
import warnings

os.environ["WHYLOGS_NO_ANALYTICS"] = "True"
warnings.filterwarnings("ignore")

import whylogs
from drift_tables import CATEGORIES, NUMERIC, read
from meter import meter
from whylogs.core import DatasetProfileView
from whylogs.viz.drift.column_drift_algorithms import calculate_drift_scores


def profile(path):
    return DatasetProfileView.read(path) if path.endswith(".bin") else whylogs.log(read(path)).view()


def rows(view):
    """Values of a column that has no missing ones."""
    return view.get_column("n2").get_metric("counts").n.value


def work():
    reference = profile(sys.argv[1])
    if sys.argv[3:] == ["write"]:
        reference.write(sys.argv[2])
        return {"rows": rows(reference)}
    current = profile(sys.argv[2])
    scores = calculate_drift_scores(target_view=current, reference_view=reference, with_thresholds=True)
    drifted = {name for name, score in scores.items() if score and score["drift_category"] == "DRIFT"}
    flagged = [name for name in NUMERIC + CATEGORIES if name in drifted]
    return {"rows": rows(reference) + rows(current), "flagged": flagged}


meter(work, whole_process=True)
