"""Tables and settings of the tests."""

import contextlib
import csv
import io
import tempfile
import unittest
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from trainer.command import main
from trainer.settings import Settings, read_settings

Cell = str | int | float


def rows_of(count: int, seed: int = 1) -> list[dict[str, Cell]]:
    """Two overlapping clouds: `a` and `b` tell the classes apart, `c` does not."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, count)
    return [
        {
            "id": f"p{i}",
            "a": round(float(random.normal(label, 1)), 3),
            "b": round(float(random.normal(-label, 1)), 3),
            "c": round(float(random.normal(100, 15)), 3),
            "label": int(label),
        }
        for i, label in enumerate(labels)
    ]


def write_csv(path: Path, rows: Iterable[Mapping[str, Cell]]) -> Path:
    listed = list(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(listed[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(listed)
    return path


class TrainerTest(unittest.TestCase):
    """With a folder that goes with the test."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def settings(self, *more: str, features: str = "a,b,c") -> Settings:
        given = ["--data", str(self.folder), "--out", str(self.folder / "out"), "--features", features, *more]
        return read_settings(given, {})

    def run_main(self, arguments: Sequence[str]) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(list(arguments))
        return code, out.getvalue(), err.getvalue()

    def train(self, data: Path, *more: str, features: str = "a,b,c") -> tuple[int, str, str]:
        return self.run_main(["--data", str(data), "--out", str(self.folder / "out"), "--features", features, *more])

    def refused(self, data: Path, *more: str, features: str = "a,b,c") -> str:
        """What is said; nothing is written."""
        code, out, err = self.train(data, *more, features=features)
        self.assertEqual(code, 1, out)
        self.assertNotIn("Traceback", err)
        for line in err.splitlines():
            self.assertTrue(line.startswith("train: "), line)
        self.assertFalse((self.folder / "out").exists())
        self.assertEqual([each for each in self.folder.iterdir() if each.name.startswith(".out-")], [])
        return err
