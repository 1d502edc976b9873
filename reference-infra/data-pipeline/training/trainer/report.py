"""`training-report.json`: what a training was given, and what came of it."""

import json
from pathlib import Path
from typing import NotRequired, TypedDict

REPORT = "training-report.json"


class ModelEntry(TypedDict):
    path: str
    #: `sha256:…`, of `model.onnx`.
    digest: str


class FileEntry(TypedDict):
    name: str
    digest: str


class DataEntry(TypedDict):
    #: `sha256:…`, of the list of all files.
    digest: str
    files: list[FileEntry]
    #: Id of the pipeline's run, and digest of its manifest; None without one.
    pipelineRun: str | None
    manifest: str | None


class MlflowEntry(TypedDict):
    runId: str
    #: None: nothing was registered.
    model: str | None
    version: str | None
    alias: str | None


class SettingsEntry(TypedDict):
    features: list[str]
    label: str
    key: str
    seed: int
    c: float
    maxIter: int
    holdout: float


class Report(TypedDict):
    version: int
    model: ModelEntry
    settings: SettingsEntry
    data: DataEntry
    commit: str | None
    #: Rows of each class, of those that were trained on (`train`) and held out (`holdout`).
    rows: dict[str, dict[str, int]]
    #: On the held-out rows.
    metrics: dict[str, float]
    #: The largest one between a probability of scikit-learn's and of ONNX Runtime's.
    onnxDifference: float
    packages: dict[str, str]
    #: Absent when nothing was logged.
    mlflow: NotRequired[MlflowEntry]


def write_report(report: Report, path: Path) -> None:
    path.write_text(json.dumps(report, indent=2) + "\n")
