"""deepchecks' FeatureDrift with its default condition: python drift_deepchecks.py REFERENCE CURRENT

It draws 100,000 rows of each side and judges those.
"""

import warnings

warnings.filterwarnings("ignore")

from deepchecks.tabular import Dataset
from deepchecks.tabular.checks import FeatureDrift
from drift_tables import CATEGORIES, said, sides
from meter import meter

# Those of add_condition_drift_score_less_than.
LIMIT = 0.2


def work():
    reference, current = sides()
    of = lambda frame: Dataset(frame, cat_features=CATEGORIES)
    result = FeatureDrift().add_condition_drift_score_less_than().run(of(reference), of(current))
    flagged = [name for name, score in result.value.items() if score["Drift score"] >= LIMIT]
    # The condition names the columns in words only.
    assert result.passed_conditions() == (not flagged)
    return said(reference, current, flagged)


meter(work, whole_process=True)
