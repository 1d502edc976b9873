"""What bench/data/pipeline does, in pandas: python pipeline_pandas.py FOLDER, which holds the data"""

import shutil
import sys
from pathlib import Path

import pandas as pd
from meter import meter

folder = Path(sys.argv[1])


def work():
    shutil.rmtree(folder / "out", ignore_errors=True)
    events = pd.read_parquet(folder / "events.parquet")
    prices = pd.read_csv(folder / "prices.csv")
    bad = events["amount"] < 0
    events[bad].to_json(folder / "rejected.jsonl", orient="records", lines=True)
    rows = events[~bad].merge(prices, on="country")
    rows["value"] = rows["amount"] * rows["price"]
    rows[["id", "country", "value", "at"]].to_parquet(folder / "out", partition_cols=["country"])
    return {"rows": len(rows), "value": rows["value"].sum()}


meter(work, whole_process=True)
