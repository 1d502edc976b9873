"""soda-core on DuckDB: python rows_soda.py FILE.csv

A contract counts what is bad by rule and names no rows.
"""

import json
import os
import sys

os.environ["SODA_CORE_TELEMETRY_ENABLED"] = "false"

import duckdb
from meter import meter
from row_rules import COLUMNS, REQUIRED, dates, enums, patterns, ranges
from soda_core.common.yaml import ContractYamlSource
from soda_core.contracts.contract_verification import ContractVerificationSession
from soda_duckdb.common.data_sources.duckdb_data_source import DuckDBDataSourceImpl


def checks(name):
    if name in REQUIRED:
        yield {"missing": {}}
    if name in ranges():
        low, high = ranges()[name]
        number = f"TRY_CAST({name} AS DOUBLE)"
        failed = f"{name} IS NOT NULL AND coalesce({number} NOT BETWEEN {low} AND '{high}'::DOUBLE, true)"
        yield {"failed_rows": {"expression": failed}}
    if name in enums():
        yield {"invalid": {"valid_values": enums()[name]}}
    if name in patterns():
        yield {"invalid": {"valid_format": {"name": name, "regex": patterns()[name]}}}
    if name in dates():
        yield {"failed_rows": {"expression": f"{name} IS NOT NULL AND TRY_CAST({name} AS DATE) IS NULL"}}


def work():
    # JSON is YAML.
    contract = json.dumps({"dataset": "duckdb/main/orders",
                           "columns": [{"name": name, "checks": found} for name in COLUMNS if (found := list(checks(name)))]})
    database = duckdb.connect()
    database.execute("CREATE TABLE orders AS SELECT * FROM read_csv(?, all_varchar = true)", [sys.argv[1]])
    source = DuckDBDataSourceImpl.from_existing_cursor(database, "duckdb")
    session = ContractVerificationSession.execute(
        contract_yaml_sources=[ContractYamlSource.from_str(contract)], data_source_impls=[source])
    results = session.contract_verification_results[0].check_results
    counts = [result.diagnostic_metric_values[metric] for result in results
              for metric in ("missing_count", "invalid_count", "failed_rows_count")
              if metric == f"{result.check.type}_count"]
    return {"rows": results[0].diagnostic_metric_values["dataset_rows_tested"], "invalidCells": sum(counts)}


meter(work, whole_process=True)
