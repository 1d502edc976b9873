/** What an answer of `/api/v1/query` says: one number, or why there is none that may be judged. Pure. */

import { wordsOf } from '../../../core/prometheus/index.ts';
import { visible } from '../../../core/report/index.ts';

export type Sample =
  | { readonly known: true; readonly value: number }
  /** A clause about the query or the server; `invalid`: the query is none, whatever data there are. */
  | { readonly known: false; readonly reason: string; readonly invalid?: boolean };

type Json = Readonly<Record<string, unknown>>;

const none = (reason: string): Sample => ({ known: false, reason });
const mostLabelSets = 3;
const labelLimit = 120;

/**
 * The data of a successful answer. A vector must have exactly one element: which of several is meant is not ours to
 * guess, and none is no proof of anything. Warnings say that data are missing or cannot be right ("errors that do not
 * inhibit the request execution"), so what was computed is not judged; remarks (`infos`, and up to 2.5x warnings that
 * begin with `PromQL info`) are left aside.
 * https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview
 */
export function readAnswer(body: unknown, url: URL): Sample | null {
  if (!isObject(body) || body.status !== 'success' || !isObject(body.data)) return null;
  const warnings = texts(body.warnings).filter((text) => !/^PromQL info\b/.test(text));
  const [warning] = warnings;
  if (warning !== undefined) {
    const more = warnings.length > 1 ? ` (and ${warnings.length - 1} more)` : '';
    return none(
      `the server warns that its result may not be whole or right: ${wordsOf(warning, url)}${more}`,
    );
  }
  const { resultType, result } = body.data;
  switch (resultType) {
    case 'scalar':
      return numberOf(result);
    case 'vector':
      return Array.isArray(result) ? ofVector(result) : null;
    case 'matrix':
      return none(
        'the query gives a range of values, not one: a function such as `rate(…)` or `avg_over_time(…)` is missing',
      );
    case 'string':
      return none('the query gives a text, not a number');
    default:
      return null;
  }
}

/** `the query is not valid PromQL: …`; null: the body is no error of Prometheus. */
export function readError(
  body: unknown,
  url: URL,
): { readonly type: string; readonly reason: string } | null {
  if (!isObject(body) || body.status !== 'error' || typeof body.errorType !== 'string') return null;
  const type = body.errorType;
  const words = wordsOf(typeof body.error === 'string' ? body.error : '', url);
  const said = words === '' ? '' : `: ${words}`;
  switch (type) {
    case 'bad_data':
      return { type, reason: `the query is not valid${said}` };
    case 'execution':
      return { type, reason: `the query cannot be evaluated${said}` };
    case 'timeout':
      return { type, reason: `the query ran out of time${said}` };
    default:
      return { type, reason: `the query failed (${visible(type).slice(0, 40)})${said}` };
  }
}

function ofVector(elements: readonly unknown[]): Sample {
  const [first] = elements;
  if (first === undefined) return none('the query gives no data: no series matches it');
  if (elements.length > 1) {
    const shown = elements.slice(0, mostLabelSets).map(labelsOf).join(', ');
    const more = elements.length > mostLabelSets ? ', …' : '';
    return none(
      `the query gives ${elements.length} values, not one: ${shown}${more}; aggregate them, with \`sum(…)\` or \`max(…)\``,
    );
  }
  if (!isObject(first)) return none('the answer of the server cannot be read');
  if (first.value === undefined && first.histogram !== undefined) {
    return none('the query gives a histogram, not a number: `histogram_quantile(…)` makes one of it');
  }
  return numberOf(first.value);
}

/** `[1435781451.781, "0.5"]`; numbers come as texts, as JSON has no NaN and no Inf. */
function numberOf(pair: unknown): Sample {
  const text: unknown = Array.isArray(pair) ? pair[1] : undefined;
  if (typeof text !== 'string' || text.trim() === '') return none('the answer of the server cannot be read');
  if (/^nan$/i.test(text)) {
    return none(
      'the query gives NaN, which is no number: a division of zero by zero, as without any requests, gives it',
    );
  }
  if (/^[+-]?inf(?:inity)?$/i.test(text)) {
    return none(`the query gives ${text}, which is no finite number: a division by zero gives it`);
  }
  const value = Number(text);
  return Number.isFinite(value) ? { known: true, value } : none('the answer of the server cannot be read');
}

function labelsOf(element: unknown): string {
  const labels = isObject(element) && isObject(element.metric) ? Object.entries(element.metric) : [];
  const name = labels.find(([key]) => key === '__name__')?.[1];
  const pairs = labels
    .filter(([key]) => key !== '__name__')
    .map(([key, value]) => `${key}=${JSON.stringify(String(value))}`);
  const shown = visible(`${typeof name === 'string' ? name : ''}{${pairs.join(', ')}}`);
  return shown.length > labelLimit ? `${shown.slice(0, labelLimit).toWellFormed()}…` : shown;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
