"""Two sides of one table for the drift check: python make_drift.py FOLDER ROWS COLUMNS [csv]

Writes reference.parquet and current.parquet of ROWS rows each, with `csv` also reference.csv and current.csv of the same
values. COLUMNS is 20 or 5. Each column of each block of each side has a seed of its own, so that a larger file begins
with the smaller one, five columns are among the twenty, and memory stays flat.

Three columns are of another distribution in the current data, all others of the same one:

    x04  normal, the mean up by 0.3 standard deviations (Kolmogorov-Smirnov 0.12)
    n2   counts of mean 40, now 42: up by 0.316 standard deviations (Kolmogorov-Smirnov 0.12)
    c2   twelve countries, the share of the third up from 12% to 22%, the others in proportion (total variation 0.1)
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

# Rows of a group of Parquet as DuckDB writes it.
BLOCK = 122_880
MISSING = 0.02
COUNTRIES = ["US", "DE", "FR", "GB", "IN", "BR", "JP", "ES", "NG", "KE", "CH", "AR"]
SHARES = [0.24, 0.14, 0.12, 0.1, 0.09, 0.08, 0.07, 0.05, 0.04, 0.03, 0.02, 0.02]
FEW = ["x01", "x04", "x09", "n2", "c2"]


def zipf(count):
    weights = 1 / np.arange(1, count + 1)
    return weights / weights.sum()


def raised(shares, place, to):
    """That share set to `to`, the others in proportion."""
    others = np.array(shares) * (1 - to) / (1 - shares[place])
    others[place] = to
    return others


def pick(rng, n, words, shares):
    codes = np.searchsorted(np.cumsum(shares)[:-1], rng.random(n), side="right")
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(words)).cast(pa.string())


def mixture(rng, n):
    return np.where(rng.random(n) < 0.3, rng.normal(-2, 0.5, n), rng.normal(1, 1, n))


# (generator, rows, whether the column is to be drifted) -> values. A blank is never drifted.
FLOATS = {
    "x01": lambda rng, n, _: rng.normal(0, 1, n),
    "x02": lambda rng, n, _: rng.lognormal(3, 0.8, n),
    "x03": lambda rng, n, _: rng.exponential(12, n),
    "x04": lambda rng, n, drifted: rng.normal(103 if drifted else 100, 10, n),
    "x05": lambda rng, n, _: rng.random(n),
    "x06": lambda rng, n, _: mixture(rng, n),
    "x07": lambda rng, n, _: rng.standard_t(3, n),
    "x08": lambda rng, n, _: rng.beta(2, 5, n),
    "x09": lambda rng, n, _: rng.gamma(2, 3, n),
    "x10": lambda rng, n, _: rng.normal(-40, 0.01, n),
    "x11": lambda rng, n, _: rng.laplace(0, 4, n),
    "x12": lambda rng, n, _: rng.logistic(1000, 50, n),
}
INTEGERS = {
    "n1": lambda rng, n, _: rng.poisson(3, n),
    "n2": lambda rng, n, drifted: rng.poisson(42 if drifted else 40, n),
    "n3": lambda rng, n, _: rng.integers(18, 91, n),
    "n4": lambda rng, n, _: rng.lognormal(8.5, 1.1, n).astype(np.int64),
}
CATEGORIES = {
    "c1": lambda rng, n, _: pick(rng, n, ["basic", "plus", "pro"], [0.6, 0.3, 0.1]),
    "c2": lambda rng, n, drifted: pick(rng, n, COUNTRIES, raised(SHARES, 2, 0.22) if drifted else SHARES),
    "c3": lambda rng, n, _: pick(rng, n, [f"shop-{i:02d}" for i in range(50)], zipf(50)),
    "c4": lambda rng, n, _: pick(rng, n, [f"P{i:03d}" for i in range(200)], zipf(200)),
}
COLUMNS = {**FLOATS, **INTEGERS, **CATEGORIES}


def block(side, number, size, names):
    columns = {}
    for name in names:
        rng = np.random.default_rng([11, side, number, list(COLUMNS).index(name)])
        # Always a whole block, so that the last one of a smaller file begins as that of a larger one.
        values = COLUMNS[name](rng, BLOCK, side == 1)
        if name in FLOATS:
            values = pa.array(values, mask=rng.random(BLOCK) < MISSING)
        columns[name] = values[:size]
    return pa.table(columns)


def write(folder, name, side, rows, names, csv):
    schema = block(side, 0, 1, names).schema
    plain = pacsv.WriteOptions(quoting_style="none")
    text = pacsv.CSVWriter(folder / f"{name}.csv", schema, write_options=plain) if csv else None
    with pq.ParquetWriter(folder / f"{name}.parquet", schema, compression="snappy") as parquet:
        for number, first in enumerate(range(0, rows, BLOCK)):
            table = block(side, number, min(BLOCK, rows - first), names)
            parquet.write_table(table, row_group_size=BLOCK)
            if text is not None:
                text.write_table(table)
    if text is not None:
        text.close()


if __name__ == "__main__":
    target, count, wanted = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    target.mkdir(parents=True, exist_ok=True)
    chosen = {"20": list(COLUMNS), "5": FEW}[wanted]
    for number, name in enumerate(["reference", "current"]):
        write(target, name, number, count, chosen, "csv" in sys.argv[4:])
