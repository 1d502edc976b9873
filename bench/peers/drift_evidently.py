"""evidently's preset: python drift_evidently.py REFERENCE CURRENT [tests]

`tests`: Kolmogorov-Smirnov and chi-square in place of its default for large data, which is Wasserstein and Jensen-Shannon.
"""

import os
import sys
import warnings

os.environ["DO_NOT_TRACK"] = "1"
warnings.filterwarnings("ignore")

from drift_tables import CATEGORIES, NUMERIC, said, sides
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset
from meter import meter


def work():
    reference, current = sides()
    # Without a definition a column of text with many values would be judged as prose, by training a classifier.
    definition = DataDefinition(numerical_columns=NUMERIC, categorical_columns=CATEGORIES)
    of = lambda frame: Dataset.from_pandas(frame, data_definition=definition)
    methods = {"num_method": "ks", "cat_method": "chisquare"} if sys.argv[3:] == ["tests"] else {}
    result = Report([DataDriftPreset(**methods)], include_tests=True).run(of(current), of(reference)).dict()
    flagged = [test["metric_config"]["params"]["column"] for test in result["tests"]
               if test["status"] == "FAIL" and "column" in test["metric_config"]["params"]]
    return said(reference, current, flagged)


meter(work, whole_process=True)
