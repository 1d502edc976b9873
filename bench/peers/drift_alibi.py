"""alibi-detect's TabularDrift, column by column: python drift_alibi.py REFERENCE CURRENT

It takes one matrix without missing values: categories as codes, a missing number as the median of the reference.
"""

import warnings

warnings.filterwarnings("ignore")

import pandas as pd
from alibi_detect.cd import TabularDrift
from drift_tables import CATEGORIES, said, sides
from meter import meter


def matrices(reference, current):
    medians = reference.median(numeric_only=True)
    sides = [reference.fillna(medians), current.fillna(medians)]
    for name in CATEGORIES:
        words = pd.Index(pd.concat([reference[name], current[name]]).unique())
        sides = [side.assign(**{name: words.get_indexer(side[name])}) for side in sides]
    return [side.to_numpy(float) for side in sides]


def work():
    reference, current = sides()
    places = {reference.columns.get_loc(name): None for name in CATEGORIES}
    x_reference, x_current = matrices(reference, current)
    detector = TabularDrift(x_reference, p_val=0.05, categories_per_feature=places)
    data = detector.predict(x_current, drift_type="feature")["data"]
    return said(reference, current, [name for name, is_drift in zip(reference.columns, data["is_drift"]) if is_drift])


meter(work, whole_process=True)
