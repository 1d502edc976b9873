"""frouros' tests, one detector a column: python drift_frouros.py REFERENCE CURRENT"""

from drift_tables import CATEGORIES, said, sides
from frouros.detectors.data_drift import ChiSquareTest, KSTest
from meter import meter

ALPHA = 0.05


def p_value(name, reference, current):
    detector = ChiSquareTest() if name in CATEGORIES else KSTest()
    detector.fit(X=reference[name].dropna().to_numpy())
    return detector.compare(X=current[name].dropna().to_numpy())[0].p_value


def work():
    reference, current = sides()
    return said(reference, current, [name for name in reference.columns if p_value(name, reference, current) < ALPHA])


meter(work, whole_process=True)
