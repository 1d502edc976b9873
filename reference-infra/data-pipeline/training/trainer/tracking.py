"""MLflow: the run, and the version in the registry. Imported only where it is asked for; it takes seconds to load."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import TrainingError

# MLflow waits for minutes for a server that is not there, unless somebody has said otherwise.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
# What it tells of its own progress would stand among the lines of the command.
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")

import mlflow
import numpy as np
import onnx
from mlflow.exceptions import MlflowException
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema
from requests.exceptions import RequestException


@dataclass(frozen=True)
class Run:
    name: str
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Logged:
    run_id: str
    #: None: nothing was registered.
    version: str | None


def signature_of(features: Sequence[str], label: str, labels: np.ndarray) -> ModelSignature:
    """The model has one tensor, whose columns have names only here. `labels`: int64 or text."""
    kind = "string" if labels.dtype.kind == "U" else "long"
    inputs = Schema([ColSpec("double", name) for name in features])
    return ModelSignature(inputs, Schema([ColSpec(kind, label)]))


def options_of(signature: ModelSignature) -> dict[str, object]:
    needs = [f"{module.__name__}=={module.__version__}" for module in (mlflow, onnx)]
    return {"signature": signature, "pip_requirements": needs, "save_as_external_data": False}


def save_folder(model: bytes, signature: ModelSignature, path: Path) -> None:
    """
    A folder as MLflow writes it, with `model.onnx` as it is. The time and the random id are left out: the same seed and
    data give the same folder.
    """
    mlflow.onnx.save_model(onnx.load_from_string(model), path, **options_of(signature))
    (path / "model.onnx").write_bytes(model)
    file = path / "MLmodel"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not re.match("(utc_time_created|model_uuid):", line)))


def log(model: bytes, signature: ModelSignature, run: Run, report: Path, uri: str, experiment: str) -> tuple[str, str]:
    """Id of the run, and `m-…` of the logged model."""
    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment(experiment)
    with mlflow.start_run(run_name=run.name) as active:
        mlflow.set_tags(dict(run.tags))
        mlflow.log_params(dict(run.params))
        mlflow.log_metrics(dict(run.metrics))
        mlflow.log_artifact(str(report))
        info = mlflow.onnx.log_model(onnx.load_from_string(model), name="model", **options_of(signature))
        return active.info.run_id, info.model_id


def log_and_register(
    model: bytes,
    signature: ModelSignature,
    run: Run,
    report: Path,
    *,
    uri: str,
    experiment: str,
    register: str | None,
    alias: str,
) -> Logged:
    """
    Raises TrainingError when the server cannot be reached or refuses. The alias is set last: whoever follows it finds a
    version that is complete.
    """
    with failures_of(uri):
        run_id, model_id = log(model, signature, run, report, uri, experiment)
        if register is None:
            return Logged(run_id, None)
        client = mlflow.MlflowClient(tracking_uri=uri)
        try:
            client.create_registered_model(register)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        source = f"models:/{model_id}"
        version = client.create_model_version(
            register, source, run_id=run_id, model_id=model_id, tags=dict(run.tags), await_creation_for=60
        )
        client.set_registered_model_alias(register, alias, version.version)
        return Logged(run_id, str(version.version))


@contextmanager
def failures_of(uri: str) -> Iterator[None]:
    shown = re.sub(r"//[^/@]*@", "//", uri)
    try:
        yield
    except MlflowException as error:
        first = (str(error).splitlines() or [""])[0].replace(uri, shown)
        raise TrainingError(f"MLflow at {shown} did not take the run: {first[:300]}") from error
    except (RequestException, OSError) as error:
        raise TrainingError(f"MLflow at {shown} cannot be used: {type(error).__name__}") from error
