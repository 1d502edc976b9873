"""The command: its steps, and what it says."""

import hashlib
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.errors import TrainingError
from trainer.files import DataFile, find_files
from trainer.lineage import Lineage, lineage_of
from trainer.outputs import staged, write_holdout
from trainer.report import REPORT, DataEntry, Report, SettingsEntry, write_report
from trainer.rows import read_rows
from trainer.settings import Settings, read_settings
from trainer.split import Parts, split

if TYPE_CHECKING:
    from trainer.tracking import Run

PACKAGES = ("mlflow-skinny", "numpy", "onnx", "onnxruntime", "scikit-learn", "skl2onnx")


def main(arguments: Sequence[str]) -> int:
    try:
        train(read_settings(arguments, os.environ), os.environ)
    except TrainingError as error:
        print("\n".join(f"train: {line}" for line in str(error).splitlines()), file=sys.stderr)
        return 1
    return 0


def train(settings: Settings, env: Mapping[str, str]) -> None:
    files = find_files(settings.data)
    lineage = lineage_of(files, settings.manifest, env)
    with staged(settings.out) as folder:
        parts = split(read_rows(files, settings), settings.holdout, settings.min_rows)
        # What is wrong with the data is said before seconds go into loading this.
        from trainer import measure, model

        pipeline = model.fit(parts.train, settings)
        written = model.to_onnx(pipeline, len(settings.features))
        difference = model.largest_difference(pipeline, written, parts.holdout)
        metrics = measure.measure(written, parts.holdout)
        rows = {name: measure.counts(part) for name, part in (("train", parts.train), ("holdout", parts.holdout))}
        report: Report = {
            "version": 1,
            "model": {"path": "model/model.onnx", "digest": f"sha256:{hashlib.sha256(written).hexdigest()}"},
            "settings": settings_of(settings),
            "data": data_of(files, lineage),
            "commit": lineage.commit,
            "rows": rows,
            "metrics": metrics,
            "onnxDifference": difference,
            "packages": {name: version(name) for name in PACKAGES} | {"python": platform.python_version()},
        }
        say(parts, metrics)
        finish(folder, written, parts, report, settings)


def finish(folder: Path, written: bytes, parts: Parts, report: Report, settings: Settings) -> None:
    from trainer import tracking

    signature = tracking.signature_of(settings.features, settings.label, parts.train.labels)
    tracking.save_folder(written, signature, folder / "model")
    write_holdout(parts.holdout, settings, folder / "holdout.csv")
    write_report(report, folder / REPORT)
    if settings.tracking_uri is None:
        print(f"wrote {settings.out}; nothing was logged, since no MLflow is named")
        return
    logged = tracking.log_and_register(
        written,
        signature,
        run_of(report, settings),
        folder / REPORT,
        uri=settings.tracking_uri,
        experiment=settings.experiment,
        register=settings.register,
        alias=settings.alias,
    )
    alias = None if logged.version is None else settings.alias
    report["mlflow"] = {
        "runId": logged.run_id,
        "model": settings.register,
        "version": logged.version,
        "alias": alias,
    }
    write_report(report, folder / REPORT)
    registered = f" and as {settings.register} version {logged.version} ({settings.alias})" if logged.version else ""
    print(f"wrote {settings.out}, logged as run {logged.run_id}{registered}")


def settings_of(settings: Settings) -> SettingsEntry:
    return {
        "features": list(settings.features),
        "label": settings.label,
        "key": settings.key,
        "seed": settings.seed,
        "c": settings.c,
        "maxIter": settings.max_iter,
        "holdout": settings.holdout,
    }


def data_of(files: Sequence[DataFile], lineage: Lineage) -> DataEntry:
    return {
        "digest": f"sha256:{lineage.data}",
        "files": [{"name": file.name, "digest": f"sha256:{file.digest}"} for file in files],
        "pipelineRun": lineage.run,
        "manifest": None if lineage.manifest is None else f"sha256:{lineage.manifest}",
    }


def run_of(report: Report, settings: Settings) -> "Run":
    from trainer import tracking

    params = {
        "features": ",".join(settings.features),
        "label": settings.label,
        "key": settings.key,
        "seed": str(settings.seed),
        "c": str(settings.c),
        "max_iter": str(settings.max_iter),
        "holdout": str(settings.holdout),
    }
    for name, classes in report["rows"].items():
        params[f"rows_{name}"] = str(sum(classes.values()))
    tags = {
        "model_digest": report["model"]["digest"],
        "data_digest": report["data"]["digest"],
        "pipeline_run": report["data"]["pipelineRun"],
        "git_commit": report["commit"],
    }
    known = {name: value for name, value in tags.items() if value is not None}
    return tracking.Run(f"seed {settings.seed}", params, report["metrics"], known)


def say(parts: Parts, metrics: Mapping[str, float]) -> None:
    shown = ", ".join(f"{name} {value:.4f}" for name, value in metrics.items())
    print(f"trained on {len(parts.train)} rows; on {len(parts.holdout)} held-out rows: {shown}")
