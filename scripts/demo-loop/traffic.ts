/** Asking the service, and what its prediction log has of it. */

import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Patient } from './patients.ts';
import { modelName } from './world.ts';

const rowsPerRequest = 50;
const logMs = 30_000;

export interface Answers {
  /** Share of patients whose class was right. */
  readonly accuracy: number;
  /** Versions that answered. */
  readonly versions: readonly string[];
}

/** @throws Error at the first answer that is none. */
export async function predict(service: string, patients: readonly Patient[]): Promise<Answers> {
  const versions = new Set<string>();
  let right = 0;
  for (let start = 0; start < patients.length; start += rowsPerRequest) {
    const part = patients.slice(start, start + rowsPerRequest);
    const response = await fetch(`${service}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ instances: part.map(({ measured }) => measured) }),
    });
    if (!response.ok)
      throw new Error(`the service answered ${response.status}: ${(await response.text()).slice(0, 200)}`);
    const { predictions, version } = (await response.json()) as { predictions: number[]; version: string };
    versions.add(version);
    right += part.filter(({ diagnosis }, i) => predictions[i] === (diagnosis === 'benign' ? 1 : 0)).length;
  }
  return { accuracy: right / patients.length, versions: [...versions] };
}

/**
 * The rows that the service has logged since a moment, as one file, as a job would cut a week out of the log.
 * @throws Error when they do not come
 */
export async function writeWindow(log: string, since: Date, rows: number, file: string): Promise<void> {
  const deadline = performance.now() + logMs;
  for (;;) {
    const lines = globSync('*.jsonl', { cwd: log })
      .flatMap((name) => readFileSync(join(log, name), 'utf8').split('\n'))
      .filter((line) => line.endsWith('}'));
    const fresh = lines.filter(
      (line) => new Date((JSON.parse(line) as { time: string }).time).getTime() >= since.getTime(),
    );
    if (fresh.length >= rows) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${fresh.join('\n')}\n`);
      return;
    }
    if (performance.now() > deadline)
      throw new Error(`the prediction log has ${fresh.length} of ${rows} rows after ${logMs / 1000} s`);
    await sleep(100);
  }
}

export interface Served {
  readonly version: string;
  readonly digest: string;
}

/** What the service says that it serves, in its metrics. */
export async function served(service: string): Promise<Served> {
  const text = await (await fetch(`${service}/metrics`)).text();
  const labels = /^ml_model_info\{([^}]*)\} 1$/m.exec(text)?.[1] ?? '';
  const label = (name: string): string => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
  if (label('model') !== modelName) throw new Error(`the service serves {${labels}} and not ${modelName}`);
  return { version: label('version'), digest: label('digest') };
}

/** Waits until it serves that version. @throws Error when it does not */
export async function untilServed(service: string, version: string, seconds = 60): Promise<Served> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const now = await served(service);
    if (now.version === version) return now;
    if (performance.now() > deadline)
      throw new Error(`after ${seconds} s the service serves version ${now.version} and not ${version}`);
    await sleep(50);
  }
}
