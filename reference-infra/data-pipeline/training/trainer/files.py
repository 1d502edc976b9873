"""Which files are the data, and what their bytes are."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import TrainingError

ENDINGS = (".csv", ".parquet")


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
        if path.is_dir():
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
