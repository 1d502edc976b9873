/** CloudWatch alarms: whether CloudWatch takes them, and whether they can ever go off. */

import { nearest } from '../../core/gate/index.ts';
import { at, type Json, type JsonObject, listAt, textAt } from '../../core/kubernetes/index.ts';
import { metrics } from './alarm-metrics.ts';
import {
  amountAt,
  blockIn,
  namesIn,
  ofType,
  type PlanCheck,
  type Planned,
  type PlanProblem,
} from './plan.ts';

const missing = ['breaching', 'notBreaching', 'ignore', 'missing'];
const operators = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
  'LessThanLowerOrGreaterThanUpperThreshold',
  'LessThanLowerThreshold',
  'GreaterThanUpperThreshold',
];

export const alarmMetrics: PlanCheck = {
  name: 'alarm-metric',
  refuses: 'an alarm on a metric that is not there, or not under these dimensions: it never goes off',
  run: (plan) =>
    ofType(plan, 'aws_cloudwatch_metric_alarm').flatMap((alarm) => watched(alarm).flatMap(of(alarm))),
};

export const alarmShape: PlanCheck = {
  name: 'alarm-shape',
  refuses: 'an alarm that CloudWatch refuses, or that a minute without data keeps from going off',
  run: (plan) =>
    ofType(plan, 'aws_cloudwatch_metric_alarm').flatMap((alarm) => [
      ...evaluation(alarm),
      ...expressions(alarm),
      ...late(alarm),
    ]),
};

interface Watched {
  readonly metric: JsonObject;
  readonly unknown: Json;
}

function watched({ values, unknown }: Planned): Watched[] {
  if (textAt(values, 'metric_name') !== '') return [{ metric: values, unknown }];
  return listAt(values, 'metric_query').flatMap((query, index) => {
    const metric = blockIn(query, 'metric');
    const later = blockIn(listAt(unknown, 'metric_query')[index], 'metric');
    return metric === undefined ? [] : [{ metric, unknown: later ?? {} }];
  });
}

function of({ address }: Planned): (one: Watched) => PlanProblem[] {
  return ({ metric, unknown }) => {
    const namespace = textAt(metric, 'namespace');
    const name = textAt(metric, 'metric_name');
    const known = metrics[namespace];
    if (known === undefined) return [];
    const sets = known[name];
    if (sets === undefined)
      return misplaced(namespace, name).map((mend) => ({
        address,
        message: `${namespace} has no metric ${name}`,
        mend,
      }));
    const given = namesIn(metric, unknown, 'dimensions');
    if (given === null || sets.some((set) => set.join() === given.join())) return [];
    return [
      {
        address,
        message: `${namespace} has no ${name} with ${given.length === 0 ? 'no dimensions' : given.join(', ')}`,
        mend: `it is there with ${sets.map((set) => set.join(', ')).join('; or with ')}`,
      },
    ];
  };
}

/** What is nowhere like it may be a metric that is not listed here. */
function misplaced(namespace: string, name: string): string[] {
  const elsewhere = Object.keys(metrics).find((other) => Object.hasOwn(metrics[other] ?? {}, name));
  if (elsewhere !== undefined) return [`it is in the namespace ${elsewhere}`];
  const near = nearest(name, Object.keys(metrics[namespace] ?? {}));
  return near === undefined ? [] : [`did you mean ${near}?`];
}

function evaluation({ address, values }: Planned): PlanProblem[] {
  const problems: PlanProblem[] = [];
  const say = (message: string, mend: string): void => void problems.push({ address, message, mend });
  const periods = amountAt(values, 'evaluation_periods');
  const needed = amountAt(values, 'datapoints_to_alarm');
  if (periods !== null && needed !== null && needed > periods)
    say(
      `it needs ${needed} of ${periods} periods`,
      'write datapoints_to_alarm no larger than evaluation_periods',
    );
  const operator = textAt(values, 'comparison_operator');
  if (!operators.includes(operator))
    say(
      `there is no comparison ${operator}`,
      `did you mean ${nearest(operator, operators) ?? operators.join(', ')}?`,
    );
  const treatment = textAt(values, 'treat_missing_data') || 'missing';
  if (!missing.includes(treatment))
    say(
      `missing data cannot be ${treatment}`,
      `did you mean ${nearest(treatment, missing) ?? missing.join(', ')}?`,
    );
  for (const period of periodsOf(values)) {
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    if (![10, 20, 30].includes(period) && (period <= 0 || period % 60 !== 0))
      say(`its period is ${period} s, and periods are 10, 20, 30 or multiples of 60`, 'write period = 60');
    if (periods !== null && period * periods > 7 * 86_400)
      say(
        `it looks back ${period * periods} s, and CloudWatch looks back a week at most`,
        'take fewer periods',
      );
  }
  return problems;
}

function periodsOf(values: JsonObject): readonly number[] {
  const own = amountAt(values, 'period');
  const queried = listAt(values, 'metric_query').flatMap((query) => {
    const period = amountAt(blockIn(query, 'metric'), 'period') ?? amountAt(query, 'period');
    return period === null ? [] : [period];
  });
  return [...new Set(own === null ? queried : [own, ...queried])];
}

/** Words of an expression that are no metric: functions are in capitals. */
const words = /(?<![\w.])[a-z][a-zA-Z0-9_]*/g;

function expressions({ address, values }: Planned): PlanProblem[] {
  const queries = listAt(values, 'metric_query');
  if (queries.length === 0) return [];
  const problems: PlanProblem[] = [];
  const say = (message: string, mend: string): void => void problems.push({ address, message, mend });
  if (textAt(values, 'metric_name') !== '')
    say('it has a metric and expressions, and CloudWatch takes one of them', 'leave metric_name out');
  const returned = queries.filter((query) => at(query, 'return_data') === true).length;
  if (returned !== 1)
    say(
      `${returned} of its expressions return data, and one is what the threshold is held against`,
      'write return_data = true at one',
    );
  const ids = queries.map((query) => textAt(query, 'id'));
  for (const query of queries) {
    const id = textAt(query, 'id');
    if (!/^[a-z]\w*$/.test(id))
      say(`the id ${id} does not begin with a lower-case letter`, 'write letters, digits and underscores');
    const expression = textAt(query, 'expression').replaceAll(/"[^"]*"|'[^']*'/g, '');
    for (const [word] of expression.matchAll(words)) {
      if (!ids.includes(word))
        say(
          `the expression ${id} is of ${word}, which no metric_query has as its id`,
          `there are ${ids.join(', ')}`,
        );
    }
  }
  return problems;
}

/**
 * "If your metrics are being published with slight delay, and the most recent minute never has data, FILL replaces that missing
 * data point with the requested value."
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
function late({ address, values }: Planned): PlanProblem[] {
  const fills = listAt(values, 'metric_query').some((query) => /\bFILL\(/i.test(textAt(query, 'expression')));
  const periods = amountAt(values, 'evaluation_periods') ?? 1;
  const needed = amountAt(values, 'datapoints_to_alarm') ?? periods;
  if (!fills || needed < periods) return [];
  return [
    {
      address,
      message: `it fills up missing data and needs ${needed} of ${periods} periods: the latest minute is often late, and then it cannot go off`,
      mend: 'write evaluation_periods larger by one than datapoints_to_alarm',
    },
  ];
}
