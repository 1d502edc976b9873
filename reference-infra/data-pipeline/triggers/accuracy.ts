/** Accuracy as the evaluation job has pushed it, from Prometheus: what `ml_model_accuracy` is now, and when it was measured. */

import { nearest, visible } from '../../../core/gate/index.ts';
import { RunError } from '../../../core/inputs/index.ts';
import {
  basicLogin,
  describeFailure,
  describeStatus,
  type Fetch,
  wordsOf,
} from '../../../core/prometheus/index.ts';
import { metrics } from '../../monitoring/metrics.ts';
import { type Age, requireFresh } from './results.ts';
import type { AccuracySource, MeasuredAccuracy } from './types.ts';

type Labels = Readonly<Record<string, string>>;
interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

const attemptMs = 30_000;
/** As the rule ModelAccuracyStale has it, for clocks that differ. */
const skewMs = 3600_000;
const shownNames = 10;
const value = metrics.ml_model_accuracy.name;
const measuredAt = metrics.ml_model_accuracy.freshness;

/**
 * Of the version that is served, by `ml_model_info`, or of all where no service tells. @throws RunError where there is none,
 * or one that nothing can be decided on: without its time, too old, no number from 0 to 1.
 */
export async function readAccuracy(
  source: AccuracySource,
  age: Age,
  send: Fetch,
): Promise<MeasuredAccuracy[]> {
  const { url, model, dataset } = source;
  const ask = async (query: string): Promise<Sample[]> => await instant(url, query, send);
  const named = `{model=${quoted(model)}${dataset === null ? '' : `,dataset=${quoted(dataset)}`}}`;
  const [values, times, served] = await Promise.all([
    ask(`${value}${named}`),
    ask(`${measuredAt}${named}`),
    ask(`${metrics.ml_model_info.name}{model=${quoted(model)}}`),
  ]);
  const versions =
    source.version === null ? served.map(({ labels }) => labels.version ?? '') : [source.version];
  const ofVersions = values.filter(
    ({ labels }) => versions.length === 0 || versions.includes(labels.version ?? ''),
  );
  if (ofVersions.length === 0) throw await nothing(source, values, versions, ask);
  const atOf = new Map(times.map(({ labels, value: seconds }) => [keyOf(labels), seconds]));
  // A gateway shows versions of former days for ever: beside one that was measured since they do not count.
  const isOld = ({ labels }: Sample): boolean =>
    versions.length === 0 && age.now.getTime() / 1000 - (atOf.get(keyOf(labels)) ?? 0) > age.maxAge;
  const wanted = ofVersions.filter(
    (sample) =>
      !isOld(sample) ||
      !ofVersions.some((other) => other.labels.dataset === sample.labels.dataset && !isOld(other)),
  );
  return wanted.map(({ labels, value: accuracy }) => {
    const { version = '', dataset: on = '' } = labels;
    const what = `accuracy of ${model} ${version} on ${on}`;
    const seconds = atOf.get(keyOf(labels));
    if (seconds === undefined || !Number.isFinite(seconds))
      throw new RunError(`${what}: when it was measured is not known, as ${measuredAt} is not beside it`);
    // `Date` holds 8.64e15 ms; a time in nanoseconds is in the future all the same.
    const at = new Date(Math.min(seconds * 1000, 8.64e15));
    requireFresh(`${what} was measured on`, at, age, skewMs);
    if (!(accuracy >= 0 && accuracy <= 1))
      throw new RunError(`${what} is ${accuracy}, which is no number from 0 to 1`);
    return { version, dataset: on, value: accuracy, at };
  });
}

/** What there is instead. */
async function nothing(
  { model, dataset, version }: AccuracySource,
  values: readonly Sample[],
  served: readonly string[],
  ask: (query: string) => Promise<Sample[]>,
): Promise<RunError> {
  if (values.length > 0) {
    const measured = list(values.map(({ labels }) => labels.version ?? ''));
    const wanted =
      version === null ? `version ${list(served)}, which is served,` : `version ${visible(version)}`;
    return new RunError(`Prometheus has no accuracy of ${wanted} of ${model}; it has ${measured}`);
  }
  const all = await ask(`group by (model, dataset) (${value})`);
  const ofModel = all.filter(({ labels }) => labels.model === model);
  const isKnown = ofModel.length > 0;
  const given = isKnown ? (dataset ?? '') : model;
  const names = isKnown
    ? ofModel.map(({ labels }) => labels.dataset ?? '')
    : all.map(({ labels }) => labels.model ?? '');
  const what = isKnown
    ? `${model} on the dataset ${JSON.stringify(given)}`
    : `the model ${JSON.stringify(given)}`;
  const near = nearest(given, names);
  const hint = near === undefined ? '' : `; did you mean ${JSON.stringify(near)}?`;
  const others = names.length === 0 ? 'none at all' : `that of ${list(names)}`;
  return new RunError(`Prometheus has no ${value} of ${what}; it has ${others}${hint}`);
}

function list(names: readonly string[]): string {
  const all = [...new Set(names)];
  const more = all.length > shownNames ? ` and ${all.length - shownNames} more` : '';
  return `${all
    .slice(0, shownNames)
    .map((name) => visible(name))
    .join(', ')}${more}`;
}

/** Series of one push: all labels alike. */
function keyOf(labels: Labels): string {
  const pairs = Object.entries(labels).filter(([name]) => name !== '__name__');
  return JSON.stringify(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A string of PromQL has the escapes of JSON. https://prometheus.io/docs/prometheus/latest/querying/basics/#string-literals */
const quoted = (text: string): string => JSON.stringify(text);

async function instant(url: URL, query: string, send: Fetch): Promise<Sample[]> {
  const base = `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  const login = basicLogin(url);
  let status: number;
  let text: string;
  try {
    const answer = await send(`${base}/api/v1/query${url.search}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(login === null ? {} : { authorization: login }),
      },
      body: new URLSearchParams({ query }).toString(),
      // The login would be sent along to whatever it leads to.
      redirect: 'manual',
      signal: AbortSignal.timeout(attemptMs),
    });
    status = answer.status;
    text = await answer.text();
  } catch (error) {
    throw new RunError(`--prometheus-url: ${base} ${describeFailure(error, attemptMs)}`);
  }
  const samples = status === 200 ? samplesOf(text) : null;
  if (samples !== null) return samples;
  const words = wordsOf(text, url);
  const said =
    status === 200
      ? `answers, but not as Prometheus does, or with a warning: ${words}`
      : describeStatus(status, words, url, 'no Prometheus API lies below this address');
  throw new RunError(`--prometheus-url: ${base} ${said}`);
}

/** Null: it is no whole answer of Prometheus. A warning says that data may be missing. */
function samplesOf(text: string): Sample[] | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(body) || body.status !== 'success' || !isRecord(body.data)) return null;
  if (Array.isArray(body.warnings) && body.warnings.length > 0) return null;
  const { resultType, result } = body.data;
  if (resultType !== 'vector' || !Array.isArray(result)) return null;
  return result.flatMap((element: unknown) => {
    if (!isRecord(element) || !isRecord(element.metric) || !Array.isArray(element.value)) return [];
    const labels = Object.entries(element.metric).map(([name, label]) => [name, String(label)] as const);
    return [{ labels: Object.fromEntries(labels), value: Number(element.value[1]) }];
  });
}

function isRecord(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}
