"""pandera on pandas: python rows_pandera_pandas.py FILE.csv"""

import sys

import pandas as pd
import pandera.pandas as pa
from meter import meter
from row_rules import REQUIRED, dates, enums, patterns, ranges

checks = {}
for name, (low, high) in ranges().items():
    checks[name] = pa.Check(lambda cells, low=low, high=high: pd.to_numeric(cells, errors="coerce").between(low, high),
                            name="range")
for name, words in enums().items():
    checks[name] = pa.Check.isin(words)
for name, regex in patterns().items():
    checks[name] = pa.Check.str_matches(regex)
for name in dates():
    checks[name] = pa.Check(lambda cells: pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce").notna(), name="date")
schema = pa.DataFrameSchema({name: pa.Column(checks=check, nullable=name not in REQUIRED)
                             for name, check in checks.items()})


def work():
    frame = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False, na_values=[""])
    try:
        schema.validate(frame, lazy=True)
        failures = pd.DataFrame({"index": [], "column": []})
    except pa.errors.SchemaErrors as errors:
        failures = errors.failure_cases
    return {"rows": len(frame), "invalidRows": failures["index"].nunique(), "invalidCells": len(failures)}


meter(work, whole_process=True)
