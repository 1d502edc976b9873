"""Rows of orders for the data gate, as CSV and as JSON lines: python make_rows.py FOLDER NAME ROWS

Writes NAME.csv, NAME.jsonl (the same rows; a missing cell is empty in the one, absent in the other) and NAME.json with
what is wrong in them. Made block by block, each with a seed of its own, so that a larger file begins with the smaller
one and memory stays flat. One row in a thousand is bad, at a random place among its thousand; what is bad goes round.
"""

import json
import sys
from pathlib import Path

import numpy as np
import polars as pl

BLOCK = 100_000
COUNTRIES = ["AR", "BR", "CH", "DE", "ES", "FR", "GB", "IN", "JP", "KE", "NG", "US"]
NAMES = ["maria", "ana.lima", "jörg", "li", "noah", "o.brien", "amina", "kenji", "ravi", "sofia", "tom", "zoë"]
HOSTS = ["example.org", "post.test", "a.example"]
NOTES = [None] * 6 + ["gift", "call first", "lot", "paid, not sent", 'size "L"', "déjà vu", "VIP", "ref"]
MISSING_AGE = 0.02
# Each is one bad row: column -> text that stands there; None: missing. The last row has two bad cells.
FAULTS = [
    {"id": "0"}, {"id": "A17"}, {"email": "nobody.example.org"}, {"email": None}, {"age": "-3"}, {"age": "151"},
    {"age": "n/a"}, {"country": "XX"}, {"amount": "-12.50"}, {"amount": "12 EUR"}, {"active": "maybe"},
    {"signed_up": "2023-02-30"}, {"code": "ABC-123"}, {"score": "1.5"}, {"score": "high"},
    {"country": "Germany", "score": None},
]
TEXTS = {"email", "country", "signed_up", "code", "note"}


def block(number):
    """Every column as text, null where missing."""
    rng = np.random.default_rng([7, number])
    first = number * BLOCK
    pick = lambda options: pl.Series(options).gather(rng.integers(0, len(options), BLOCK))
    digits = lambda below, width: pl.Series(rng.integers(0, below, BLOCK)).cast(pl.String).str.zfill(width)
    cents = pl.Series(np.minimum(rng.lognormal(8.5, 1.1, BLOCK), 999_999).astype(np.int64))
    letters = pl.Series([a + b + c for a in "ABCDEFGH" for b in "KLMNOP" for c in "RSTUVWXYZ"])
    day = pl.Series(np.datetime64("2015-01-01") + rng.integers(0, 3652, BLOCK)).cast(pl.Date)
    age = pl.Series(rng.integers(18, 91, BLOCK)).cast(pl.String)
    frame = pl.DataFrame({
        "id": pl.Series(np.arange(first, first + BLOCK) + 1_000_000).cast(pl.String),
        "email": pick(NAMES) + digits(100_000, 1) + pl.Series(["@"]) + pick(HOSTS),
        "age": age.zip_with(pl.Series(rng.random(BLOCK) >= MISSING_AGE), pl.Series([None] * BLOCK, dtype=pl.String)),
        "country": pick(COUNTRIES),
        "amount": (cents // 100).cast(pl.String) + pl.Series(["."]) + (cents % 100).cast(pl.String).str.zfill(2),
        "active": pick(["true", "true", "false"]),
        "signed_up": day.dt.to_string("%Y-%m-%d"),
        "code": letters.gather(rng.integers(0, len(letters), BLOCK)) + pl.Series(["-"]) + digits(100_000, 5),
        "score": pl.Series(rng.integers(0, 10_001, BLOCK) / 10_000).cast(pl.String),
        "note": pick(NOTES) + pl.Series([" "]) + digits(10_000, 1),
    })
    return spoil(frame, number, rng)


def spoil(frame, number, rng):
    thousands = np.arange(BLOCK // 1000)
    places = thousands * 1000 + rng.integers(0, 1000, len(thousands))
    columns = {name: frame[name].to_list() for name in {name for fault in FAULTS for name in fault}}
    for thousand, place in zip(thousands, places):
        for name, text in fault_of(number * len(thousands) + thousand).items():
            columns[name][place] = text
    return frame.with_columns(pl.Series(name, cells, dtype=pl.String) for name, cells in columns.items())


def fault_of(thousand):
    return FAULTS[thousand % len(FAULTS)]


def csv_lines(frame):
    quoted = pl.concat_str(pl.lit('"'), pl.col("note").str.replace_all('"', '""', literal=True), pl.lit('"'))
    note = pl.when(pl.col("note").str.contains('[",]')).then(quoted).otherwise(pl.col("note"))
    return frame.with_columns(note.alias("note")).select(
        pl.concat_str([pl.col(name).fill_null("") for name in frame.columns], separator=",") + "\n").to_series()


def json_lines(frame):
    """With the blanks that Python's json.dumps puts after commas and colons."""
    def member(name):
        cell = pl.col(name).str.replace_all('"', '\\"', literal=True)
        written = pl.concat_str(pl.lit('"'), cell, pl.lit('"'))
        if name not in TEXTS:
            # A word that is no number or boolean can only be a text.
            written = pl.when(cell.str.contains("^(true|false|-?[0-9.]+)$")).then(cell).otherwise(written)
        text = pl.concat_str(pl.lit("" if name == "id" else ", "), pl.lit(f'"{name}": '), written)
        return text.fill_null("")
    return frame.select(pl.concat_str(pl.lit("{"), *map(member, frame.columns), pl.lit("}\n"))).to_series()


def write(folder, name, rows):
    with open(folder / f"{name}.csv", "wb") as csv, open(folder / f"{name}.jsonl", "wb") as jsonl:
        for number in range(rows // BLOCK):
            frame = block(number)
            if number == 0:
                csv.write((",".join(frame.columns) + "\n").encode())
            csv.write("".join(csv_lines(frame)).encode())
            jsonl.write("".join(json_lines(frame)).encode())
    cells = sum(len(fault_of(thousand)) for thousand in range(rows // 1000))
    (folder / f"{name}.json").write_text(json.dumps({"rows": rows, "invalidRows": rows // 1000, "invalidCells": cells}))


if __name__ == "__main__":
    target, count = Path(sys.argv[1]), int(sys.argv[3])
    if count % BLOCK:
        sys.exit(f"ROWS must be a multiple of {BLOCK}")
    target.mkdir(parents=True, exist_ok=True)
    write(target, sys.argv[2], count)
