"""Reading the two sides of make_drift.py: every peer is called with REFERENCE CURRENT, Parquet or CSV."""

import sys

import pandas as pd

NUMERIC = [f"x{i:02d}" for i in range(1, 13)] + ["n1", "n2", "n3", "n4"]
CATEGORIES = ["c1", "c2", "c3", "c4"]


def read(path):
    return pd.read_csv(path) if path.endswith(".csv") else pd.read_parquet(path)


def sides():
    return read(sys.argv[1]), read(sys.argv[2])


def said(reference, current, flagged):
    """What `meter` prints: rows of both sides, and which columns the tool calls drifted, in the order of the table."""
    return {"rows": len(reference) + len(current), "flagged": [name for name in reference.columns if name in set(flagged)]}
