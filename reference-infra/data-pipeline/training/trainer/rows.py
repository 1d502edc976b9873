"""Rows of the files as numbers, in an order that is theirs and not that of the files."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from trainer.errors import TrainingError, nearest
from trainer.files import DataFile
from trainer.settings import Settings


@dataclass(frozen=True)
class Rows:
    """Sorted by key. `features`: float32, rows × columns. `labels`: int64 or text."""

    keys: list[str]
    features: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.keys)

    def where(self, mask: np.ndarray) -> "Rows":
        keys = [key for key, kept in zip(self.keys, mask, strict=True) if kept]
        return Rows(keys, self.features[mask], self.labels[mask])


def read_rows(files: Sequence[DataFile], settings: Settings) -> Rows:
    """Raises TrainingError for a file that cannot be read, a column that is missing, a value that cannot be used."""
    parts = [read_file(file.path, settings) for file in files]
    keys = [key for part in parts for key in part.keys]
    labels = join_labels(parts, files)
    order = np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)
    twice = next((keys[a] for a, b in pairwise(order) if keys[a] == keys[b]), None)
    if twice is not None:
        raise TrainingError(f"`{settings.key}` {twice} is there more than once; allowed: one row for each key")
    features = np.concatenate([part.features for part in parts])
    return Rows([keys[i] for i in order], features[order], labels[order])


def join_labels(parts: Sequence[Rows], files: Sequence[DataFile]) -> np.ndarray:
    kinds = {part.labels.dtype.kind for part in parts if len(part)}
    if len(kinds) > 1:
        odd = next(i for i, part in enumerate(parts) if part.labels.dtype.kind != parts[0].labels.dtype.kind)
        raise TrainingError(f"{files[odd].path}: its labels are of another type than those of {files[0].path}")
    return np.concatenate([part.labels for part in parts if len(part)] or [np.empty(0, np.int64)])


def read_file(path: Path, settings: Settings) -> Rows:
    wanted = [settings.key, *settings.features, settings.label]
    table = read_table(path, wanted)
    missing = [name for name in wanted if name not in table.column_names]
    if missing:
        hints = [f"{path}: no column `{name}`{nearest(name, table.column_names)}" for name in missing]
        raise TrainingError("\n".join([*hints, f"columns: {', '.join(table.column_names)}"]))
    if len(table) == 0:
        return Rows([], np.empty((0, len(settings.features)), np.float32), np.empty(0, np.int64))
    features = np.stack([numbers(table[name], name, path) for name in settings.features], axis=1)
    return Rows(texts(table[settings.key], settings.key, path), features, label_values(table, settings.label, path))


def read_table(path: Path, wanted: Sequence[str]) -> pa.Table:
    """All of a CSV file; of a Parquet file what is wanted, or no row where a column is not there."""
    try:
        if path.suffix.lower() == ".csv":
            # A key is a name: 007 is not 7.
            types = {wanted[0]: pa.string()}
            options = pa.csv.ConvertOptions(strings_can_be_null=True, null_values=[""], column_types=types)
            return pa.csv.read_csv(path, convert_options=options)
        file = pq.ParquetFile(path)
        names = file.schema_arrow.names
        if not set(wanted) <= set(names):
            return file.schema_arrow.empty_table()
        return file.read(columns=list(dict.fromkeys(wanted)))
    except (pa.ArrowException, OSError) as error:
        first = str(error).splitlines()[0]
        raise TrainingError(f"{path}: cannot be read: {first}") from error


def numbers(column: pa.ChunkedArray, name: str, path: Path) -> np.ndarray:
    kind = column.type
    allowed = "numbers, in every row"
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        shown = first_text(column)
        raise TrainingError(f"{path}: `{name}` holds {kind}{shown}; allowed: {allowed}")
    if column.null_count:
        row = pc.index(column.is_null(), True).as_py() + 1
        raise TrainingError(
            f"{path}: `{name}` is empty in {column.null_count} rows, first row {row}; allowed: {allowed}"
        )
    values = column.cast(pa.float64(), safe=False).to_numpy()
    with np.errstate(over="ignore"):
        single: np.ndarray = values.astype(np.float32)
    wrong = np.flatnonzero(~np.isfinite(single))
    if wrong.size:
        value = values[wrong[0]]
        raise TrainingError(
            f"{path}: `{name}` is {value} in row {wrong[0] + 1}; allowed: what a float32 holds, as the model takes it"
        )
    return single


def first_text(column: pa.ChunkedArray) -> str:
    """The first cell that made it a column of text."""
    if not pa.types.is_string(column.type):
        return ""
    for index, value in enumerate(column.to_pylist()):
        try:
            float(value if value is not None else "0")
        except ValueError:
            return f', in row {index + 1} "{value[:40]}"'
    return ""


def texts(column: pa.ChunkedArray, name: str, path: Path) -> list[str]:
    """Keys as text: the number 7 and the text `7` are one key, whichever file they come from."""
    kind = column.type
    if pa.types.is_floating(kind):
        raise TrainingError(
            f"{path}: the key `{name}` holds {kind}, whose digits are not certain; allowed: text, integers"
        )
    if column.null_count:
        row = pc.index(column.is_null(), True).as_py() + 1
        raise TrainingError(f"{path}: the key `{name}` is empty in row {row}; allowed: a value in every row")
    return [str(value) for value in column.to_pylist()]


def label_values(table: pa.Table, name: str, path: Path) -> np.ndarray:
    column = table[name]
    kind = column.type
    if column.null_count:
        row = pc.index(column.is_null(), True).as_py() + 1
        raise TrainingError(f"{path}: the label `{name}` is empty in {column.null_count} rows, first row {row}")
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return np.asarray(column.cast(pa.int64()).to_numpy())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind):
        return np.array([str(value) for value in column.to_pylist()], dtype=np.str_)
    raise TrainingError(f"{path}: the label `{name}` holds {kind}; allowed: integers, true and false, text")
