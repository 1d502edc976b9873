"""Great Expectations on pandas: python rows_great_expectations.py FILE.csv"""

import os
import sys

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import pandas as pd
from great_expectations import expectations as gxe
from great_expectations.data_context.types.base import ProgressBarsConfig
from meter import meter
from row_rules import REQUIRED, dates, enums, patterns, ranges


NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"


def expectations():
    yield from (gxe.ExpectColumnValuesToNotBeNull(column=name) for name in REQUIRED)
    for name, (low, high) in ranges().items():
        yield gxe.ExpectColumnValuesToMatchRegex(column=name, regex=NUMBER)
        yield gxe.ExpectColumnValuesToBeBetween(column=f"{name} as number", min_value=low, max_value=high)
    yield from (gxe.ExpectColumnValuesToBeInSet(column=name, value_set=words) for name, words in enums().items())
    yield from (gxe.ExpectColumnValuesToMatchRegex(column=name, regex=regex) for name, regex in patterns().items())
    yield from (gxe.ExpectColumnValuesToMatchStrftimeFormat(column=name, strftime_format="%Y-%m-%d")
                for name in dates())


def work():
    frame = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False, na_values=[""])
    frame = frame.assign(**{f"{name} as number": pd.to_numeric(frame[name], errors="coerce") for name in ranges()})
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas("source").add_dataframe_asset("rows")
    batch = source.add_batch_definition_whole_dataframe("all").get_batch(batch_parameters={"dataframe": frame})
    suite = gx.ExpectationSuite(name="row", expectations=list(expectations()))
    results = batch.validate(suite, result_format="COMPLETE").results
    indices = [index for result in results for index in result.result["unexpected_index_list"] or []]
    return {"rows": len(frame), "invalidRows": len(set(indices)), "invalidCells": len(indices)}


meter(work, whole_process=True)
