"""pandera on polars: python rows_pandera_polars.py FILE.csv"""

import sys

import pandera.polars as pa
import polars as pl
from meter import meter
from row_rules import REQUIRED, dates, enums, patterns, ranges



def holds(expression, name):
    """A check by an expression over the column, which is null for what is no number, or no date."""
    def check(data):
        cells = pl.col(data.key)
        return data.lazyframe.select(cells.is_null() | expression(cells).fill_null(False))

    return pa.Check(check, name=name)


checks = {}
for name, (low, high) in ranges().items():
    checks[name] = holds(lambda cells, low=low, high=high: cells.cast(pl.Float64, strict=False).is_between(low, high),
                         "range")
for name, words in enums().items():
    checks[name] = pa.Check.isin(words)
for name, regex in patterns().items():
    checks[name] = pa.Check.str_matches(regex)
for name in dates():
    checks[name] = holds(lambda cells: cells.str.to_date("%Y-%m-%d", strict=False).is_not_null(), "date")
schema = pa.DataFrameSchema({name: pa.Column(checks=check, nullable=name not in REQUIRED)
                             for name, check in checks.items()})


def work():
    frame = pl.read_csv(sys.argv[1], infer_schema=False)
    try:
        schema.validate(frame, lazy=True)
        failures = pl.DataFrame({"index": []})
    except pa.errors.SchemaErrors as errors:
        failures = errors.failure_cases
    return {"rows": len(frame), "invalidRows": failures["index"].n_unique(), "invalidCells": len(failures)}


meter(work, whole_process=True)
