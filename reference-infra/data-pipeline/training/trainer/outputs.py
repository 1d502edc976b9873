"""What a training leaves in its folder: all of it, or nothing new."""

import csv
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer.errors import TrainingError
from trainer.report import REPORT
from trainer.rows import Rows
from trainer.settings import Settings


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """
    A folder beside `out` that takes its place when all has gone well. A folder that is not empty is only replaced when
    it is what an earlier training left. Raises TrainingError.
    """
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise TrainingError(f"{out}: not a folder; allowed for --out: a folder, or a name that is free")
    if out.exists() and any(out.iterdir()) and not (out / REPORT).is_file():
        raise TrainingError(
            f"{out}: holds other things than a model; allowed for --out: an empty folder, or an earlier model"
        )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise TrainingError(f"{out}: cannot be written ({error.strerror})") from error
    try:
        folder.chmod(0o755)
        yield folder
        shutil.rmtree(out, ignore_errors=True)
        folder.rename(out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_holdout(rows: Rows, settings: Settings, path: Path) -> None:
    """As the gate reads it: key, features, label. Digits of a double, so that a float32 comes back as it was."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([settings.key, *settings.features, settings.label])
        for key, values, label in zip(rows.keys, rows.features, rows.labels, strict=True):
            writer.writerow([key, *(repr(float(value)) for value in values), label])
