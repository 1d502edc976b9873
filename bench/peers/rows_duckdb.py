"""DuckDB, the predicates alone, with its lax casts: python rows_duckdb.py FILE.csv|FILE.jsonl [rules]

`rules`: also what the rules over the table of ../data-comparisons.ts need, from a table that is read once.
"""

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


RULES = {
    "row_count": "count(*)",
    "null_fraction(age)": "1 - count(age) / count(*)",
    "duplicate_fraction(id)": "1 - count(DISTINCT id) / count(id)",
    "distinct_count(country)": "count(DISTINCT country)",
    "mean(amount)": "avg(TRY_CAST(amount AS DOUBLE))",
    "quantile(score, 0.95)": "quantile_cont(TRY_CAST(score AS DOUBLE), 0.95)",
}
# Counts, which leave no room for rounding: these must be what the gate says.
COMPARED = ["row_count", "distinct_count(country)"]


def work():
    path, rules = sys.argv[1], sys.argv[2:] == ["rules"]
    types = {name: "VARCHAR" for name in COLUMNS}
    reader = "read_json" if path.endswith(".jsonl") else "read_csv"
    extra = ", format = 'newline_delimited'" if reader == "read_json" else ""
    source = f"{reader}('{path}', columns = {types}{extra})"
    said = {}
    if rules:
        duckdb.execute(f"CREATE TABLE orders AS FROM {source}")
        source = "orders"
        values = duckdb.execute(f"SELECT {', '.join(RULES.values())} FROM orders").fetchone()
        said = {name: value for name, value in zip(RULES, values) if name in COMPARED}
    every = [f"coalesce({predicate}, false)" for predicate in predicates()]
    counted = " + ".join(f"({predicate})::INTEGER" for predicate in every)
    bad = duckdb.execute(f"SELECT *, {counted} AS cells FROM {source} WHERE {' OR '.join(every)}").fetchall()
    return {"invalidRows": len(bad), "invalidCells": sum(row[-1] for row in bad), **said}


meter(work, whole_process=True)
