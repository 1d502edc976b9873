"""Logs an ONNX file in a new run and registers it; the last line of the output is JSON (see mlflow-server.ts).

The server and the credentials come from MLflow's own environment variables.
"""

import argparse
import json
import tempfile
from pathlib import Path

import mlflow
import onnx
from mlflow.exceptions import MlflowException

parser = argparse.ArgumentParser()
parser.add_argument("--model", required=True)
parser.add_argument("--name", required=True)
parser.add_argument("--alias")
parser.add_argument("--style", choices=("logged", "run"), default="logged")
arguments = parser.parse_args()

client = mlflow.MlflowClient()
model = onnx.load(arguments.model)
options = {"pip_requirements": [f"mlflow=={mlflow.__version__}"], "save_as_external_data": False}
try:
    client.create_registered_model(arguments.name)
except MlflowException as error:
    if error.error_code != "RESOURCE_ALREADY_EXISTS":
        raise

model_id = None
with mlflow.start_run() as run:
    if arguments.style == "logged":
        info = mlflow.onnx.log_model(model, name="model", **options)
        model_id, source = info.model_id, info.model_uri
    else:
        with tempfile.TemporaryDirectory() as folder:
            mlflow.onnx.save_model(model, Path(folder) / "model", **options)
            mlflow.log_artifacts(str(Path(folder) / "model"), "model")
        source = f"{run.info.artifact_uri}/model"
version = client.create_model_version(arguments.name, source, run_id=run.info.run_id, model_id=model_id)
if arguments.alias:
    client.set_registered_model_alias(arguments.name, arguments.alias, version.version)
print(json.dumps({
    "name": arguments.name, "version": str(version.version), "runId": run.info.run_id, "modelId": model_id,
    "source": version.source, "runUri": f"runs:/{run.info.run_id}/model",
}))
