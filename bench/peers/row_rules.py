"""The rules of data/row.schema.json, for tools that have another form for them."""

import json
import math
from pathlib import Path

SCHEMA = json.loads((Path(__file__).parent.parent / "data/row.schema.json").read_text())
COLUMNS = list(SCHEMA["properties"])
REQUIRED = SCHEMA["required"]


def ranges():
    """Numeric column -> least and greatest value, infinite where open. What is no number is bad as well."""
    return {name: (rule["minimum"], rule.get("maximum", math.inf)) for name, rule in SCHEMA["properties"].items()
            if rule.get("type") in ("integer", "number")}


def patterns():
    return {name: rule["pattern"] for name, rule in SCHEMA["properties"].items() if "pattern" in rule}


def enums():
    """`active` is a boolean in the schema; as a cell it is one of two words."""
    words = {name: rule["enum"] for name, rule in SCHEMA["properties"].items() if "enum" in rule}
    return {**words, "active": ["true", "false"]}


def dates():
    return [name for name, rule in SCHEMA["properties"].items() if rule.get("format") == "date"]
