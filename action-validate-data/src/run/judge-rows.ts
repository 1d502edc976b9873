/** The check that `max-invalid-rows` stands for. */

import { judge } from '../../../core/gate/index.ts';
import type { Estimate, Judged } from '../../../core/gate/types.ts';
import type { Config } from '../inputs.ts';
import type { PassOutcome } from '../pass/run-pass.ts';
import { invalidRowsReason } from '../report/reason.ts';
import type { ViolationSink } from '../violations/sink.ts';

export function judgeRows(config: Config, { rows, files }: PassOutcome, sink: ViolationSink): Judged {
  const rejected = files.reduce((sum, file) => sum + file.rejectedRows, 0);
  const check = config.invalidRows;
  const value = check.metric === 'invalid_rows' ? rejected : rejected / rows;
  const estimate: Estimate =
    rows === 0
      ? { defined: false, reason: 'the data hold no rows, so nothing was checked', n: 0 }
      : { defined: true, value, interval: null, n: rows };
  const judged = judge(
    check,
    { metric: check.metric, selector: null, estimate, baseline: null, contrast: null },
    { confidence: 0.95, unit: check.metric === 'invalid_rows' ? 'count' : 'ratio' },
  );
  // A pass in which some rows are allowed keeps its comparison with the bound.
  if (judged.verdict !== 'fail' && !(judged.verdict === 'pass' && rejected === 0)) return judged;
  const { groups } = sink.read();
  return { ...judged, reason: invalidRowsReason({ rows, rejectedRows: rejected, groups }) };
}
