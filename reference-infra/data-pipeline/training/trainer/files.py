"""Which files are the data, and what their bytes are."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import TrainingError

ENDINGS = (".csv", ".parquet")
#: Where the pipeline says which files are its dataset.
DATASET = "_dataset.json"


@dataclass(frozen=True)
class DataFile:
    path: Path
    #: Below the folder that was given, with `/`; the file's own name otherwise.
    name: str
    #: Hexadecimal SHA-256.
    digest: str


def find_files(given: Sequence[Path]) -> list[DataFile]:
    """In the order of their names. Files that begin with `.` or `_` belong to whoever wrote the folder."""
    found: list[tuple[str, Path]] = []
    for path in given:
        if (path / DATASET).is_file():
            found += listed_files(path)
        elif path.is_dir():
            inside = [each for each in sorted(path.rglob("*")) if each.is_file() and is_data(each.relative_to(path))]
            if not inside:
                raise TrainingError(f"{path}: no data; allowed: a folder with {' or '.join(ENDINGS)} files")
            found += [(each.relative_to(path).as_posix(), each) for each in inside]
        elif not path.exists():
            raise TrainingError(f"{path}: there is no such file or folder")
        elif path.suffix.lower() not in ENDINGS:
            raise TrainingError(f"{path}: not a kind of file that is read; allowed: {', '.join(ENDINGS)}")
        else:
            found.append((path.name, path))
    twice = [path for _, path in found if [each for _, each in found].count(path) > 1]
    if twice:
        raise TrainingError(f"{twice[0]}: given more than once; its rows would count twice")
    return [DataFile(path, name, digest_of(path)) for name, path in sorted(found)]


def listed_files(folder: Path) -> list[tuple[str, Path]]:
    """
    Of a dataset of the pipeline: beside its files there may be those of a run that is not published yet, or no longer
    part of it. Raises TrainingError where a file is gone, or is not what was written.
    """
    path = folder / DATASET
    try:
        files = [(str(file["path"]), str(file["digest"])) for file in json.loads(path.read_text())["files"]]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise TrainingError(f"{path}: not a list of files, as the pipeline writes it") from error
    if not files:
        raise TrainingError(f"{path}: names no file; the pipeline has published no row")
    for name, digest in files:
        if not (folder / name).is_file():
            raise TrainingError(f"{folder / name}: is gone, although {DATASET} names it")
        if f"sha256:{digest_of(folder / name)}" != digest:
            raise TrainingError(f"{folder / name}: was changed since the pipeline wrote it, by {DATASET}")
    return [(name, folder / name) for name, _ in files]


def is_data(path: Path) -> bool:
    return path.suffix.lower() in ENDINGS and not any(part.startswith((".", "_")) for part in path.parts)


def digest_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise TrainingError(f"{path}: cannot be read ({error.strerror})") from error


def digest_of_all(files: Sequence[DataFile]) -> str:
    """Of a list of names and digests, as `sha256sum` writes it; so that anybody can compute it again."""
    lines = "".join(f"{file.digest}  {file.name}\n" for file in files)
    return hashlib.sha256(lines.encode()).hexdigest()
