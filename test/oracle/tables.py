"""Columns as files in the formats that the gate reads, and as the doubles or texts that a reader must find there."""

import csv
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

FORMATS = ("csv", "tsv", "jsonl", "parquet", "arrow", "npz")


def cell(value):
    """Text of a value in CSV; shortest digits that give the same number of its own width."""
    if value is None:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)):
        return str(value) if isinstance(value, np.floating) else repr(value)
    return str(value)


def as_read(column, form: str):
    """Numbers of a column in double: a float32 written as text is the double of that text."""
    if form in ("csv", "tsv", "jsonl"):
        return np.array([float(cell(value)) for value in column])
    return np.asarray(column).astype(np.float64)


def write(path, form: str, columns: dict, rng) -> None:
    """`columns`: name to a list or array; None is missing."""
    names = list(columns)
    rows = list(zip(*columns.values()))
    if form in ("csv", "tsv"):
        with open(path, "w", encoding="utf-8", newline="") as file:
            end = "\r\n" if rng.random() < 0.3 else "\n"
            writer = csv.writer(file, delimiter="," if form == "csv" else "\t", lineterminator=end)
            writer.writerow(names)
            writer.writerows([cell(value) for value in row] for row in rows)
    elif form == "jsonl":
        with open(path, "w", encoding="utf-8") as file:
            for row in rows:
                cells = (f"{json.dumps(k, ensure_ascii=False)}: {json_cell(v)}" for k, v in zip(names, row))
                file.write("{" + ", ".join(cells) + "}\n")
    elif form == "npz":
        np.savez_compressed(path, **{name: np.asarray(column) for name, column in columns.items()})
    else:
        table = pa.table({name: pa.array(column) for name, column in columns.items()})
        if form == "parquet":
            pq.write_table(table, path, row_group_size=int(rng.integers(50, 5000)))
        else:
            with pa.ipc.new_file(path, table.schema) as writer:
                writer.write_table(table, max_chunksize=int(rng.integers(10, 5000)))


def json_cell(value) -> str:
    if value is None or isinstance(value, (str, np.str_)):
        return json.dumps(value if value is None else str(value), ensure_ascii=False)
    return cell(value)
