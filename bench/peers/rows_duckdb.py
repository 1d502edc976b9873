"""DuckDB, the predicates alone, with its lax casts: python rows_duckdb.py FILE.csv|FILE.jsonl"""

import sys

import duckdb
from meter import meter
from row_rules import COLUMNS, REQUIRED, dates, enums, patterns, ranges


def predicates():
    """SQL that is true where a cell is bad; a missing cell is bad only where it is required."""
    yield from (f"{name} IS NULL" for name in REQUIRED)
    for name, (low, high) in ranges().items():
        number = f"TRY_CAST({name} AS DOUBLE)"
        yield f"{name} IS NOT NULL AND coalesce({number} NOT BETWEEN {low} AND '{high}'::DOUBLE, true)"
    for name, words in enums().items():
        yield f"{name} NOT IN ({', '.join(repr(word) for word in words)})"
    yield from (f"NOT regexp_matches({name}, '{regex}')" for name, regex in patterns().items())
    yield from (f"{name} IS NOT NULL AND TRY_CAST({name} AS DATE) IS NULL" for name in dates())


def work():
    path = sys.argv[1]
    types = {name: "VARCHAR" for name in COLUMNS}
    reader = "read_json" if path.endswith(".jsonl") else "read_csv"
    extra = ", format = 'newline_delimited'" if reader == "read_json" else ""
    source = f"{reader}('{path}', columns = {types}{extra})"
    every = [f"coalesce({predicate}, false)" for predicate in predicates()]
    counted = " + ".join(f"({predicate})::INTEGER" for predicate in every)
    bad = duckdb.sql(f"SELECT *, {counted} AS cells FROM {source} WHERE {' OR '.join(every)}").fetchall()
    return {"invalidRows": len(bad), "invalidCells": sum(row[-1] for row in bad)}


meter(work, whole_process=True)
