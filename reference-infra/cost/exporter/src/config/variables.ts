/** The environment variables of the exporter: what the README's table and the reading are made from. */

export interface Variable {
  /** Empty: none. */
  readonly fallback: string;
  /** One sentence or two, as the README has it. */
  readonly about: string;
  readonly example: string;
}

export const variables = {
  PORT: {
    fallback: '9105',
    about: 'Port to listen on; 0 takes a free one, which is logged.',
    example: '8080',
  },
  HOST: { fallback: '0.0.0.0', about: 'Address to listen on.', example: '127.0.0.1' },
  STATE_PATH: {
    fallback: '/data/costs.json',
    about:
      'File for the answers and the day’s number of requests. On a volume that outlives the container: a restart asks again only what is due.',
    example: '/var/lib/cost-exporter/costs.json',
  },
  REFRESH_INTERVAL: {
    fallback: '8h',
    about: 'How often Cost Explorer is asked, from 1m to 7d. AWS has new figures some three times a day.',
    example: '6h',
  },
  MAX_REQUESTS_PER_DAY: {
    fallback: '24',
    about:
      'Requests that are never exceeded in a day of UTC, at 0.01 USD each. Three refreshes take nine, and more where answers have pages.',
    example: '12',
  },
  MAX_PAGES: {
    fallback: '5',
    about: 'Pages of one answer; one that has more is not used.',
    example: '10',
  },
  COST_METRIC: {
    fallback: 'UnblendedCost',
    about:
      'Which cost is told: `UnblendedCost`, `AmortizedCost` (fees of reservations spread over their time), `BlendedCost`, `NetAmortizedCost` or `NetUnblendedCost` (after discounts).',
    example: 'AmortizedCost',
  },
  COST_TAG: {
    fallback: 'model',
    about:
      'The cost allocation tag that names the model, as the label `model` of ml-api has it; it must be activated in the billing console. `none`: not asked.',
    example: 'ml-model',
  },
  SETTLE_TIME: {
    fallback: '24h',
    about: 'How long after its end a day counts as whole, from 0h to 7d: figures come up to a day late.',
    example: '48h',
  },
  ANOMALY_WEEKS: {
    fallback: '8',
    about: 'Weeks whose same weekday a day is compared with; four of them must be known.',
    example: '12',
  },
  FORECAST: {
    fallback: 'true',
    about: 'Whether the rest of the month is asked for, too: one request more each time.',
    example: 'false',
  },
  FORECAST_LEVEL: {
    fallback: '80',
    about: 'Confidence of the forecast’s bounds in percent.',
    example: '95',
  },
  LOG_LEVEL: { fallback: 'info', about: '`info`, `warn` or `error`.', example: 'warn' },
  AWS_ENDPOINT_URL: {
    fallback: '',
    about: 'Address in the place of AWS’s own, for tests.',
    example: 'http://127.0.0.1:5000',
  },
} as const satisfies Readonly<Record<string, Variable>>;

export type VariableName = keyof typeof variables;

/** The table of the README. */
export function variablesTable(): string {
  const rows = Object.entries(variables).map(
    ([name, { fallback, about, example }]) =>
      `| \`${name}\` | ${fallback === '' ? '' : `\`${fallback}\``} | ${about} | \`${example}\` |`,
  );
  return ['| variable | default | meaning | example |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
