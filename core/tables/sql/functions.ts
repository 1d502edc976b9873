/** What an expression over one row may call: functions of its arguments alone, which read no file and take bounded time and memory. */

export const scalarFunctions: ReadonlySet<string> = new Set(
  `abs ceil ceiling coalesce concat concat_ws contains date_diff date_part date_trunc datediff datepart datetrunc
   day dayofmonth dayofweek dayofyear ends_with epoch exp floor greatest hour ifnull instr isfinite isinf isnan
   isodow last_day least left len length ln log log10 log2 lower ltrim make_date make_timestamp millisecond minute
   mod month nullif pow power prefix quarter regexp_extract regexp_full_match regexp_matches regexp_replace replace
   reverse right round rtrim second sign split_part sqrt starts_with strftime strip_accents strlen strpos strptime
   substr substring suffix trim trunc try_strptime upper week weekday weekofyear year`.split(/\s+/),
);

/** Types of CAST, TRY_CAST and `::`. */
export const castTypes: ReadonlySet<string> = new Set(
  `bigint bool boolean date decimal double float hugeint int integer numeric real smallint string text time timestamp
   timestamptz tinyint varchar`.split(/\s+/),
);

/** Literals written as a type and a text: DATE '2024-01-31'. */
export const literalTypes: ReadonlySet<string> = new Set(['date', 'time', 'timestamp', 'timestamptz']);

export const intervalUnits: ReadonlySet<string> = new Set(
  `year years quarter quarters month months week weeks day days hour hours minute minutes second seconds millisecond
   milliseconds microsecond microseconds`.split(/\s+/),
);
