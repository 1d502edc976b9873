"""DuckDB alone: python drift_duckdb.py REFERENCE CURRENT windows|sketch

`windows`: the exact Kolmogorov-Smirnov statistic of each number by a window over its values, chi-square of each category,
p below 0.05. `sketch`: 199 approximate quantiles of each number on each side, their mean distance over the standard
deviation of the reference; half the distance of the shares of each category; both above 0.1.
"""

import sys

import duckdb
import numpy as np
from meter import meter
from scipy.special import chdtrc, kolmogorov

ALPHA, LIMIT = 0.05, 0.1
QUANTILES = [i / 200 for i in range(1, 200)]
database = duckdb.connect()


def counts(name):
    return (f"SELECT {name} AS value, count(*) FILTER (side = 0) AS r, count(*) FILTER (side = 1) AS c "
            f"FROM (SELECT {name}, 0 AS side FROM reference UNION ALL SELECT {name}, 1 FROM current) "
            f"WHERE {name} IS NOT NULL GROUP BY value")


def ks_p(name):
    statistic, n, m = database.execute(
        f"SELECT max(abs(below_r / n - below_c / m)), any_value(n), any_value(m) FROM (SELECT "
        f"sum(r) OVER below AS below_r, sum(c) OVER below AS below_c, sum(r) OVER () AS n, sum(c) OVER () AS m "
        f"FROM ({counts(name)}) WINDOW below AS (ORDER BY value))").fetchone()
    return kolmogorov(float(statistic) * (float(n) * float(m) / float(n + m)) ** 0.5)


def shares(name):
    table = np.array(database.execute(f"SELECT r, c FROM ({counts(name)})").fetchall(), float)
    return table, table / table.sum(axis=0)


def chi_square_p(name):
    table, _ = shares(name)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return chdtrc(len(table) - 1, ((table - expected) ** 2 / expected).sum())


def by_windows(numeric, categories):
    return [name for name in numeric if ks_p(name) < ALPHA] + [name for name in categories if chi_square_p(name) < ALPHA]


def by_sketch(numeric, categories):
    every = ", ".join(f"approx_quantile({name}, {QUANTILES}), stddev({name})" for name in numeric)
    reference, current = (database.execute(f"SELECT {every} FROM {side}").fetchone() for side in ("reference", "current"))
    for i, name in enumerate(numeric):
        distance = np.mean(np.abs(np.array(reference[2 * i], float) - np.array(current[2 * i], float)))
        if distance / reference[2 * i + 1] > LIMIT:
            yield name
    for name in categories:
        _, both = shares(name)
        if np.abs(both[:, 0] - both[:, 1]).sum() / 2 > LIMIT:
            yield name


def work():
    for side, path in zip(("reference", "current"), sys.argv[1:3]):
        database.execute(f"CREATE VIEW {side} AS FROM '{path}'")
    types = dict(database.execute("SELECT column_name, column_type FROM (DESCRIBE reference)").fetchall())
    numeric = [name for name, type_ in types.items() if type_ != "VARCHAR"]
    judge = by_windows if sys.argv[3] == "windows" else by_sketch
    found = set(judge(numeric, [name for name in types if name not in numeric]))
    rows = database.execute("SELECT (SELECT count(*) FROM reference) + (SELECT count(*) FROM current)").fetchone()[0]
    return {"rows": rows, "flagged": [name for name in types if name in found]}


meter(work, whole_process=True)
