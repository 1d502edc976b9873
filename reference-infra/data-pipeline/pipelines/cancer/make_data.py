"""Writes the sample data of this pipeline from scikit-learn's copy of the Breast Cancer Wisconsin data (569 rows).

    python make_data.py            # needs scikit-learn

Two hospitals report what was measured, each in its own file; the diagnoses come from a third system. Four rows are
spoiled by hand, as such files are: a letter in a number, a missing cell, a negative area, a row cut short.
"""

import csv
import json
from datetime import datetime, timedelta
from pathlib import Path

from sklearn.datasets import load_breast_cancer

HERE = Path(__file__).resolve().parent / "data"
COLUMNS = [
    "mean radius", "mean texture", "mean perimeter", "mean area",
    "mean smoothness", "mean compactness", "mean concavity", "mean concave points",
]  # fmt: skip
START = datetime(2026, 1, 5, 8)


def main() -> None:
    data = load_breast_cancer(as_frame=True).frame
    HERE.mkdir(exist_ok=True)
    for site in ("north", "south"):
        with (HERE / f"measurements-{site}.csv").open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["id", "site", "measured_at", *(name.replace(" ", "_") for name in COLUMNS)])
            for index, row in data.iterrows():
                if (index % 3 == 0) != (site == "south"):
                    continue
                at = START + timedelta(minutes=20 * index)
                cells = [f"P{index:04d}", site, at.isoformat(sep=" "), *(repr(float(row[name])) for name in COLUMNS)]
                writer.writerow(spoil(index, cells))
    with (HERE / "diagnoses.jsonl").open("w") as file:
        for index, row in data.iterrows():
            # As in scikit-learn: 0 is malignant, 1 benign.
            said = {"id": f"P{index:04d}", "diagnosis": "benign" if row["target"] == 1 else "malignant"}
            file.write(json.dumps(said) + "\n")


def spoil(index: int, cells: list[str]) -> list[str]:
    if index == 40:
        return [*cells[:3], f"{cells[3]}x", *cells[4:]]
    if index == 101:
        return [*cells[:-1], ""]
    if index == 300:
        return [*cells[:6], f"-{cells[6]}", *cells[7:]]
    if index == 412:
        return cells[:7]
    return cells


if __name__ == "__main__":
    main()
