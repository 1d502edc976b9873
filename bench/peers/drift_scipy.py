"""The loop that a team writes: scipy's tests on each column of two pandas frames, without any correction:
python drift_scipy.py REFERENCE CURRENT
"""

import pandas as pd
from drift_tables import CATEGORIES, said, sides
from meter import meter
from scipy.stats import chi2_contingency, ks_2samp

ALPHA = 0.05


def p_value(name, reference, current):
    if name in CATEGORIES:
        counts = pd.concat([reference.value_counts(), current.value_counts()], axis=1).fillna(0)
        return chi2_contingency(counts).pvalue
    return ks_2samp(reference.dropna(), current.dropna()).pvalue


def work():
    reference, current = sides()
    flagged = [name for name in reference.columns if p_value(name, reference[name], current[name]) < ALPHA]
    return said(reference, current, flagged)


meter(work, whole_process=True)
