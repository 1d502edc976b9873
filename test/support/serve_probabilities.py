"""Saves a scikit-learn model of MLflow again, so that its scoring server answers with predict_proba.

    serve_probabilities.py MODEL_DIRECTORY TARGET
"""

import sys

import mlflow

source, target = sys.argv[1:]
model = mlflow.sklearn.load_model(source)
mlflow.sklearn.save_model(model, target, pyfunc_predict_fn="predict_proba", serialization_format="pickle",
                          pip_requirements=[f"mlflow=={mlflow.__version__}"])
