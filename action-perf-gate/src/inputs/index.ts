/** Strings to Config: everything is read and checked at once, before any work. */

import type { Check, Subject } from '../../../core/gate/types.ts';
import { InputError, type InputReader } from '../../../core/inputs/index.ts';
import type { ShownFile } from '../../../core/tables/index.ts';
import { type Expect, parseExpect } from '../load/index.ts';
import { type Address, onFreePort, readAddress } from './address.ts';
import { readChecks } from './checks.ts';
import { readImage } from './image.ts';
import { type LoadPlan, readPlan, readTimeout } from './plan.ts';
import { type Requests, readRequests } from './requests.ts';
import { type Redact, redactor, secretsOf } from './secrets.ts';
import { readServices, type ServiceConfig } from './service.ts';

/** A service under load: where it is, and how it is started when the gate starts it. */
export interface Side {
  readonly address: Address;
  readonly service: ServiceConfig | null;
}

export interface Config {
  readonly candidate: Side;
  /** Under load beside the candidate; null: there is none. */
  readonly baseline: Side | null;
  /** An earlier result document; null: none is compared with. */
  readonly stored: ShownFile | null;
  readonly requests: Requests;
  readonly expects: readonly Expect[];
  readonly plan: LoadPlan;
  readonly checks: readonly Check[];
  /** Null: as many as it takes. */
  readonly connections: number | null;
  readonly timeoutMs: number;
  readonly seed: number;
  /** What the service runs, by digest; null: not told. */
  readonly image: Subject | null;
  readonly redact: Redact;
  readonly workspace: string;
}

/** As in action.yml; a test holds the two together. */
export const perfInputs = [
  'url',
  'method',
  'headers',
  'body',
  'body-path',
  'requests-path',
  'expect',
  'rate',
  'arrivals',
  'duration',
  'warmup',
  'stages',
  'thresholds',
  'mode',
  'baseline-url',
  'baseline-start-command',
  'baseline-path',
  'start-command',
  'ready-url',
  'ready-timeout',
  'connections',
  'timeout',
  'seed',
  'image',
  'engine',
  'k6-script',
  'histogram-paths',
] as const;

const mostConnections = 10_000;

export function readConfig(reader: InputReader): Config {
  refuseLater(reader);
  const address = readAddress(reader, 'url');
  if (address === null && reader.text('url') === '') {
    reader.add({
      input: 'url',
      message: 'a value is required',
      allowed: 'an address, as http://127.0.0.1:8000/predict',
    });
  }
  const services = readServices(reader);
  const baselineUrl = readAddress(reader, 'baseline-url');
  const stored = readStored(reader);
  const requests = readRequests(reader);
  const candidate = { address: address ?? nowhere, service: services.candidate };
  const baseline = baselineSide(candidate.address, baselineUrl, services.baseline);
  checkSides(reader, candidate, baseline, stored, requests);
  const checks = readChecks(reader, {
    names: [...new Set(requests.templates.map(({ name }) => name))],
    started: services.candidate !== null,
    baseline:
      services.baseline !== null
        ? 'started'
        : baseline !== null
          ? 'running'
          : stored !== null
            ? 'stored'
            : null,
  });
  const addresses = [reader.text('url'), reader.text('baseline-url'), reader.text('ready-url')];
  return {
    candidate,
    baseline,
    stored,
    requests,
    expects: readExpects(reader),
    plan: readPlan(reader),
    checks,
    connections: readConnections(reader),
    timeoutMs: readTimeout(reader),
    seed: reader.integer('seed', 0, { minimum: 0, maximum: 2 ** 48 }),
    image: readImage(reader),
    redact: redactor(secretsOf(addresses, requests.templates)),
    workspace: reader.workspace,
  };
}

/** Stands where a wrong `url` would; the reader throws before it is used. */
const nowhere: Address = { text: 'http://127.0.0.1/', port: 80, shown: 'http://127.0.0.1/' };

/** What has a name already, and is not there yet: never taken in silence. */
function refuseLater(reader: InputReader): void {
  reader.choice('mode', ['load'], 'load');
  reader.choice('engine', ['builtin'], 'builtin');
  for (const [input, instead] of [
    ['k6-script', 'the built-in generator, by `url` or `requests-path`'],
    ['histogram-paths', 'a run of its own; its histogram is in the report artifact'],
  ] as const) {
    if (reader.text(input) === '') continue;
    reader.add({ input, message: 'this version does not have it', allowed: instead });
  }
}

function baselineSide(candidate: Address, url: Address | null, service: ServiceConfig | null): Side | null {
  if (service !== null) return { address: url ?? onFreePort(candidate), service };
  return url === null ? null : { address: url, service };
}

function checkSides(
  reader: InputReader,
  candidate: Side,
  baseline: Side | null,
  stored: ShownFile | null,
  requests: Requests,
): void {
  if (candidate.service === null && candidate.address.port === null) {
    reader.add({
      input: 'url',
      message: '{port} stands for the port of a service that the gate starts',
      allowed: '`start-command` beside it',
    });
  }
  if (baseline !== null && baseline.service === null && baseline.address.port === null) {
    reader.add({
      input: 'baseline-url',
      message: '{port} stands for the port of a service that the gate starts',
      allowed: '`baseline-start-command` beside it',
    });
  }
  if (
    baseline !== null &&
    baseline.address.port !== null &&
    baseline.address.text === candidate.address.text
  ) {
    reader.add({
      input: 'baseline-url',
      message: 'is the address of the candidate, too',
      allowed: 'another address',
    });
  }
  if (baseline !== null && stored !== null) {
    reader.add({
      input: 'baseline-path',
      message: 'excludes a baseline under load',
      allowed: 'one of `baseline-url`, `baseline-start-command` and `baseline-path`',
    });
  }
  const joined = requests.templates.some(({ path }) => path !== '');
  for (const [input, side] of [
    ['url', candidate],
    ['baseline-url', baseline],
  ] as const) {
    if (joined && side?.address.text.includes('?') === true) {
      reader.add({
        input,
        message: 'has a query, and the requests of the corpus have paths of their own',
        allowed: 'an address without a query',
      });
    }
  }
}

function readStored(reader: InputReader): ShownFile | null {
  const path = reader.path('baseline-path');
  return path === null ? null : { path, shown: reader.text('baseline-path') };
}

function readExpects(reader: InputReader): readonly Expect[] {
  try {
    const text = reader.raw('expect');
    return parseExpect(text.trim() === '' ? 'status < 400' : text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    reader.add(...error.problems);
    return [];
  }
}

function readConnections(reader: InputReader): number | null {
  if (reader.text('connections', 'auto') === 'auto') return null;
  return reader.integer('connections', 1, { minimum: 1, maximum: mostConnections });
}
