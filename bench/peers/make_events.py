"""Events of ten thousandths bad rows and a table of prices: python make_events.py FOLDER ROWS"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

folder, rows = Path(sys.argv[1]), int(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
BLOCK = 1_000_000
writer = None
for start in range(0, rows, BLOCK):
    index = np.arange(start, min(start + BLOCK, rows), dtype=np.int64)
    table = pa.table({
        "id": index,
        "country": np.char.add("C", (index % 20).astype(str)),
        "amount": np.where(index % 10_000 == 7, -1, index % 1000),
        "at": pa.array(1_767_225_600_000_000 + index * 1_000_000, pa.timestamp("us")),
    })
    writer = writer or pq.ParquetWriter(folder / "events.parquet", table.schema)
    writer.write_table(table)
if writer is not None:
    writer.close()
(folder / "prices.csv").write_text("country,price\n" + "".join(f"C{i},{i + 1}\n" for i in range(20)))
