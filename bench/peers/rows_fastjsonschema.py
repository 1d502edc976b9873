"""fastjsonschema over JSON lines: python rows_fastjsonschema.py FILE.jsonl"""

import json
import sys
from datetime import date

import fastjsonschema
from meter import meter
from row_rules import SCHEMA


def is_date(text):
    try:
        date.fromisoformat(text)
        return len(text) == 10
    except ValueError:
        return False


def work():
    # Its own `date` is a regular expression, which takes 2023-02-30.
    validate = fastjsonschema.compile({**SCHEMA, "$schema": "http://json-schema.org/draft-07/schema#"},
                                      formats={"date": is_date})
    rows, bad = 0, []
    with open(sys.argv[1], encoding="utf-8") as lines:
        for rows, line in enumerate(lines, 1):
            try:
                validate(json.loads(line))
            except fastjsonschema.JsonSchemaValueException as error:
                bad.append((rows, error.message))
    return {"rows": rows, "invalidRows": len(bad)}


meter(work, whole_process=True)
