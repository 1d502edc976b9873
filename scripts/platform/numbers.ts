/** What Prometheus knows of the service right now, on one line. */

const predictions = 'route="/predict"';
const window = '30s';

const expressions = {
  rate: `sum(rate(ml_api_requests_total{${predictions}}[${window}]))`,
  p95: `histogram_quantile(0.95, sum by (le) (rate(ml_api_request_duration_seconds_bucket{${predictions}}[${window}])))`,
  refused: `sum(rate(ml_api_requests_total{${predictions},status=~"4..|5.."}[${window}])) / sum(rate(ml_api_requests_total{${predictions}}[${window}]))`,
} as const;

/** @param url Of Prometheus. */
export async function describeNow(url: string): Promise<string> {
  const [rate, p95, refused, alerts] = await Promise.all([
    numberOf(url, expressions.rate),
    numberOf(url, expressions.p95),
    numberOf(url, expressions.refused),
    ask(url, 'ALERTS{alertstate="firing"}'),
  ]);
  const names = [...new Set(alerts.map(({ metric }) => metric.alertname ?? ''))].sort();
  return [
    `${shown(rate, 1)} requests/s`,
    `p95 ${shown(p95 === null ? null : p95 * 1000, 0)} ms`,
    `failed ${shown(refused === null ? null : refused * 100, 1)} %`,
    `alerts firing: ${names.length}${names.length === 0 ? '' : ` (${names.join(', ')})`}`,
  ].join(' | ');
}

function shown(value: number | null, digits: number): string {
  return value === null ? '-' : value.toFixed(digits);
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

async function numberOf(url: string, expression: string): Promise<number | null> {
  const [series] = await ask(url, expression);
  const value = Number(series?.value[1] ?? Number.NaN);
  return Number.isFinite(value) ? value : null;
}

async function ask(url: string, expression: string): Promise<readonly Series[]> {
  const address = `${url}/api/v1/query?query=${encodeURIComponent(expression)}`;
  const response = await fetch(address, { signal: AbortSignal.timeout(5_000) });
  const answer = (await response.json()) as { error?: string; data?: { result: readonly Series[] } };
  if (answer.data === undefined) throw new Error(`${expression}: ${answer.error ?? response.status}`);
  return answer.data.result;
}
