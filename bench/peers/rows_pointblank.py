"""pointblank on polars: python rows_pointblank.py FILE.csv"""

import sys

import pointblank as pb
import polars as pl
from meter import meter
from row_rules import REQUIRED, dates, enums, patterns, ranges


def steps(validation):
    """A missing cell passes a rule about values: whether it may be missing is a rule of its own."""
    for name in REQUIRED:
        validation = validation.col_vals_not_null(columns=name)
    for name, (low, high) in ranges().items():
        number = pl.col(name).cast(pl.Float64, strict=False)
        validation = validation.col_vals_expr(pl.col(name).is_null() | number.is_between(low, high).fill_null(False))
    for name, words in enums().items():
        validation = validation.col_vals_in_set(columns=name, set=words)
    for name, regex in patterns().items():
        validation = validation.col_vals_regex(columns=name, pattern=regex, na_pass=True)
    for name in dates():
        validation = validation.col_vals_expr(pl.col(name).str.to_date("%Y-%m-%d", strict=False).is_not_null())
    return validation


def work():
    frame = pl.read_csv(sys.argv[1], infer_schema=False)
    validation = steps(pb.Validate(frame)).interrogate()
    bad = validation.get_sundered_data(type="fail")
    return {"rows": len(frame), "invalidRows": len(bad), "invalidCells": sum(validation.n_failed().values())}


meter(work, whole_process=True)
