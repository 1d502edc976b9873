#!/bin/sh
# Run once, by PostgreSQL's image, when the volume is new: a database and an owner for each of its two users.
set -eu

psql --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres --no-psqlrc \
  --set=ml_api_password="$ML_API_DATABASE_PASSWORD" --set=mlflow_password="$MLFLOW_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE ml_api LOGIN PASSWORD :'ml_api_password';
CREATE ROLE mlflow LOGIN PASSWORD :'mlflow_password';
CREATE DATABASE ml OWNER ml_api;
CREATE DATABASE mlflow OWNER mlflow;
REVOKE CONNECT ON DATABASE ml, mlflow FROM PUBLIC;
SQL
