"""NannyML's univariate drift with its defaults, ten chunks of each side: python drift_nannyml.py REFERENCE CURRENT"""

import os
import warnings

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
warnings.filterwarnings("ignore")

import nannyml
from drift_tables import said, sides
from meter import meter


def work():
    reference, current = sides()
    calculator = nannyml.UnivariateDriftCalculator(column_names=list(reference.columns)).fit(reference)
    alerts = calculator.calculate(current).filter(period="analysis").to_df().xs("alert", axis=1, level=2).any()
    return said(reference, current, {column for (column, _), alert in alerts.items() if alert})


meter(work, whole_process=True)
