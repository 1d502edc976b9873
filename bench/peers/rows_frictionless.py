"""frictionless: python rows_frictionless.py FILE.csv"""

import sys

from frictionless import Checklist, Resource, Schema, system
from meter import meter
from row_rules import COLUMNS, REQUIRED, SCHEMA

# A row may break several rules; without a limit of its own the report stops at 1,000 errors.
LIMIT = 1_000_000
TYPES = {"string": "string", "integer": "integer", "number": "number", "boolean": "boolean"}


def field(name):
    rule = SCHEMA["properties"][name]
    kind = "date" if rule.get("format") == "date" else TYPES[rule.get("type", "string")]
    constraints = {key: rule[key] for key in ("minimum", "maximum", "enum", "pattern") if key in rule}
    return {"name": name, "type": kind, "constraints": {**constraints, "required": name in REQUIRED}}


def work():
    schema = Schema.from_descriptor({"fields": [field(name) for name in COLUMNS]})
    with system.use_context(trusted=True):
        report = Resource(path=sys.argv[1], schema=schema).validate(Checklist(), limit_errors=LIMIT)
    errors = report.tasks[0].errors
    return {"rows": report.tasks[0].stats["rows"], "invalidRows": len({error.row_number for error in errors}),
            "invalidCells": len({(error.row_number, error.field_number) for error in errors})}


meter(work, whole_process=True)
