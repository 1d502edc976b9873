"""Where the data come from: their digest, the pipeline's manifest, the commit."""

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import TrainingError
from trainer.files import DataFile, digest_of, digest_of_all


@dataclass(frozen=True)
class Lineage:
    #: Hexadecimal SHA-256 of all files.
    data: str
    #: Of the pipeline; None without a manifest.
    run: str | None
    manifest: str | None
    #: None: there is no repository, or no git.
    commit: str | None


def lineage_of(files: Sequence[DataFile], manifest: Path | None, env: Mapping[str, str]) -> Lineage:
    run = None if manifest is None else check_manifest(manifest, files)
    return Lineage(digest_of_all(files), run, None if manifest is None else digest_of(manifest), commit_of(env))


def check_manifest(path: Path, files: Sequence[DataFile]) -> str:
    """The run's id. Raises TrainingError where a file is not one that the manifest says the run has written."""
    try:
        document = json.loads(path.read_text())
    except OSError as error:
        raise TrainingError(f"{path}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise TrainingError(f"{path}: not JSON: {error}") from error
    run = document.get("runId") if isinstance(document, dict) else None
    outputs = document.get("outputs") if isinstance(document, dict) else None
    if not isinstance(run, str) or not isinstance(outputs, list):
        raise TrainingError(f"{path}: not a manifest of the pipeline: `runId` and `outputs` are missing")
    known = {str(output.get("digest", "")).removeprefix("sha256:") for output in outputs if isinstance(output, dict)}
    strange = [file for file in files if file.digest not in known]
    if strange:
        raise TrainingError(
            f"{strange[0].path}: its bytes are none that run {run} has written, by {path}; "
            f"{len(strange)} of {len(files)} files differ"
        )
    return run


def commit_of(env: Mapping[str, str]) -> str | None:
    given = env.get("GITHUB_SHA", "")
    if re.fullmatch("[0-9a-f]{40}", given):
        return given
    try:
        here = Path(__file__).parent
        said = subprocess.run(["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return said.stdout.strip() if said.returncode == 0 else None
