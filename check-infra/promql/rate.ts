/** What may be under `rate` and `delta`: the one is for counters alone, the other for gauges alone. */

import type { Call } from './ast.ts';
import type { Inference } from './infer.ts';
import type { Value } from './value.ts';

type Range = Exclude<Value, { type: 'scalar' | 'string' | 'unknown' }>;

export function checkRate(inference: Inference, call: Call, value: Range): void {
  const { name } = call;
  const metric = value.metric ?? 'what is within';
  if (value.nature === 'counter' && value.summed) {
    inference.report(
      'promql-sum-before-rate',
      call,
      `${name} is taken of a sum of counters: when one of them starts anew, the sum falls, and ${name} takes that for a restart of all`,
      `${name} first, and then the sum: \`sum(${name}(…[5m]))\``,
    );
  }
  if (value.nature === 'gauge') {
    inference.report(
      'promql-rate-of-gauge',
      call,
      `${metric} is a gauge: ${name} takes each time that it falls for a restart`,
      `use \`delta\` or \`deriv\`, or look at it as it is (\`avg_over_time\`)`,
    );
  }
  if (value.nature === 'rate' || value.nature === 'quantile' || value.nature === 'ratio') {
    const what = { rate: 'a rate already', quantile: 'a percentile', ratio: 'a ratio' }[value.nature];
    inference.report(
      'promql-rate-of-gauge',
      call,
      `${metric} is ${what}: ${name} is for counters`,
      'take the function away; `avg_over_time` makes it smooth, `deriv` says how it changes',
    );
  }
}

/** Two scrapes are needed, and within the time between two there is one. Series of rules have a rhythm of their own. */
export function checkWindow(inference: Inference, call: Call): void {
  const range = call.args.find((arg) => arg.kind === 'range');
  const { scrapes } = inference.knowledge;
  if (range === undefined || range.seconds === null || scrapes?.shortest === undefined) return;
  const { name } = range.of;
  if (scrapes.shortest === null || range.seconds > scrapes.shortest) return;
  if (name === null || name.includes(':') || inference.knowledge.isRecorded(name)) return;
  inference.report(
    'promql-short-range',
    call,
    `${call.name} needs two numbers, and targets are asked every ${scrapes.shortest}s: within ${range.seconds}s there is one`,
    `take four times as long: \`${call.name}(${name}[${Math.max(1, Math.ceil(scrapes.shortest / 15))}m])\``,
  );
}

export function checkDelta(inference: Inference, call: Call, value: Range): void {
  if (value.nature !== 'counter') return;
  const instead = call.name === 'idelta' ? 'irate' : call.name === 'delta' ? 'increase' : 'rate';
  inference.report(
    'promql-delta-of-counter',
    call,
    `${value.metric ?? 'this'} is a counter: ${call.name} takes a restart for a fall`,
    `use \`${instead}\``,
  );
}
