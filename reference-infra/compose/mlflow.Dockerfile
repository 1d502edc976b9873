# MLflow's server with the driver of PostgreSQL, as a user that is not root.
FROM ghcr.io/mlflow/mlflow:v3.14.0
RUN pip install --no-cache-dir psycopg2-binary==2.9.11 && \
    mkdir --parents /mlflow/artifacts && \
    chown --recursive 65532:65532 /mlflow
# A new volume takes its owner from this folder.
VOLUME /mlflow
USER 65532:65532
