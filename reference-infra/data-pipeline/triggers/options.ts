/** The options of `retraining-trigger.ts`, read and checked as a whole: all mistakes are told at once. */

import { resolve } from 'node:path';
import type { RepositoryPlace } from '../../../core/github/index.ts';
import {
  InputError,
  type InputProblem,
  parseDuration,
  parseFraction,
  parseInteger,
  parseUrl,
  quote,
  type Reading,
  RunError,
} from '../../../core/inputs/index.ts';
import { readArguments } from '../command-line.ts';
import type { Source } from './types.ts';

export interface TriggerConfig {
  readonly workflow: string;
  /** Null: the branch of this run, else the default branch. */
  readonly ref: string | null;
  /** Null: that of this run. */
  readonly repository: RepositoryPlace | null;
  readonly sources: readonly Source[];
  /** Seconds. */
  readonly cooldown: number;
  /** Seconds. */
  readonly maxAge: number;
  /** Of the workflow, beside the reason. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly isDryRun: boolean;
}

const options = {
  workflow: { type: 'string' },
  ref: { type: 'string' },
  repository: { type: 'string' },
  'drift-result': { type: 'string' },
  'drift-digest': { type: 'string' },
  'model-result': { type: 'string' },
  'model-digest': { type: 'string' },
  'prometheus-url': { type: 'string' },
  model: { type: 'string' },
  'model-version': { type: 'string' },
  'accuracy-dataset': { type: 'string' },
  'min-accuracy': { type: 'string' },
  runs: { type: 'string' },
  'new-rows': { type: 'string' },
  'min-new-rows': { type: 'string' },
  every: { type: 'string' },
  cooldown: { type: 'string' },
  'max-age': { type: 'string' },
  dataset: { type: 'string' },
  baseline: { type: 'string' },
  'dry-run': { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

type Name = keyof typeof options;
type Texts = Readonly<Partial<Record<Name, string>>>;

/** Null: help is wanted. @throws InputError, RunError */
export function readOptions(args: readonly string[], folder: string): TriggerConfig | null {
  const { values, positionals } = readArguments(args, options);
  if (values.help === true) return null;
  const [stray] = positionals;
  if (stray !== undefined) throw new RunError(`${quote(stray)} belongs to no option; --help tells more`);
  const { help: _help, 'dry-run': isDryRun = false, ...texts } = values;
  return new OptionReader(texts, folder).read(isDryRun);
}

class OptionReader {
  readonly #problems: InputProblem[] = [];
  readonly #texts: Texts;
  readonly #folder: string;

  constructor(texts: Texts, folder: string) {
    this.#texts = texts;
    this.#folder = folder;
  }

  read(isDryRun: boolean): TriggerConfig {
    const workflow = this.#workflow();
    const repository = this.#repository();
    const sources = this.#sources();
    const cooldown = this.#duration('cooldown', '24h');
    const maxAge = this.#duration('max-age', '48h');
    const inputs = Object.fromEntries(
      (['dataset', 'baseline'] as const).flatMap((name) => {
        const text = this.#texts[name];
        return text === undefined ? [] : [[name, text]];
      }),
    );
    if (this.#problems.length > 0) throw new InputError(this.#problems);
    if (sources.length === 0)
      throw new RunError(
        'nothing says when to train again; allowed: --drift-result, --model-result, --prometheus-url, --runs, --new-rows, --every',
      );
    return {
      workflow,
      ref: this.#texts.ref ?? null,
      repository,
      sources,
      cooldown,
      maxAge,
      inputs,
      isDryRun,
    };
  }

  #workflow(): string {
    const text = this.#required('workflow', 'the file whose workflow_dispatch trains, such as retrain.yml');
    if (text === '' || /^[\w.-]+\.ya?ml$/.test(text)) return text;
    const name = /([\w.-]+\.ya?ml)$/.exec(text)?.[1];
    this.#refuse('workflow', `${quote(text)} is no name of a file`, {
      allowed: 'the name of a file in .github/workflows, such as retrain.yml',
      ...(name === undefined ? {} : { nearest: name }),
    });
    return '';
  }

  #repository(): RepositoryPlace | null {
    const text = this.#texts.repository;
    if (text === undefined) return null;
    const [, owner, repo] = /^([\w.-]+)\/([\w.-]+)$/.exec(text) ?? [];
    if (owner !== undefined && repo !== undefined) return { owner, repo };
    this.#refuse('repository', `${quote(text)} is no repository`, { allowed: 'owner/name' });
    return null;
  }

  #sources(): Source[] {
    const every = this.#texts.every === undefined ? null : this.#duration('every', '');
    return [
      ...this.#result('drift'),
      ...this.#result('model'),
      ...this.#accuracy(),
      ...this.#rows(),
      ...(every === null ? [] : [{ kind: 'calendar' as const, every }]),
    ];
  }

  #result(kind: 'drift' | 'model'): Source[] {
    const names = [`${kind}-result`, `${kind}-digest`] as const;
    if (names.every((name) => this.#texts[name] === undefined)) return [];
    const shown = this.#required(
      names[0],
      `the result document of the ${kind === 'drift' ? 'drift check' : 'model gate'}`,
    );
    const digest = this.#required(
      names[1],
      "the gate's output result-digest, by which an edited document is told",
    );
    if (digest !== '' && !/^sha256:[0-9a-f]{64}$/.test(digest))
      this.#refuse(names[1], `${quote(digest)} is no digest`, {
        allowed: 'sha256: and 64 hexadecimal digits',
      });
    return [{ kind, path: resolve(this.#folder, shown), shown, digest }];
  }

  #accuracy(): Source[] {
    const names = ['prometheus-url', 'model', 'model-version', 'accuracy-dataset', 'min-accuracy'] as const;
    if (names.every((name) => this.#texts[name] === undefined)) return [];
    const address = this.#required(
      'prometheus-url',
      'the base address of a Prometheus, as http://prometheus:9090',
    );
    const model = this.#required('model', 'the label `model` of ml_model_accuracy');
    const floor = this.#required(
      'min-accuracy',
      'the accuracy below which the model is trained again, such as 0.85',
    );
    const url = address === '' ? null : this.#take('prometheus-url', parseUrl(address));
    const least = floor === '' ? null : this.#take('min-accuracy', parseFraction(floor));
    if (url === null || least === null) return [];
    const { 'model-version': version = null, 'accuracy-dataset': dataset = null } = this.#texts;
    return [{ kind: 'accuracy', url, model, version, dataset, least }];
  }

  #rows(): Source[] {
    const { runs, 'new-rows': count } = this.#texts;
    if (runs === undefined && count === undefined) {
      if (this.#texts['min-new-rows'] !== undefined)
        this.#refuse('min-new-rows', 'what it counts is missing', { allowed: 'with --runs or --new-rows' });
      return [];
    }
    if (runs !== undefined && count !== undefined)
      this.#refuse('new-rows', '--runs counts rows already', { allowed: 'one of both' });
    const floor = this.#required('min-new-rows', 'how many new rows are worth a training, such as 5000');
    const least = floor === '' ? null : this.#take('min-new-rows', parseInteger(floor, { minimum: 1 }));
    const rows = count === undefined ? null : this.#take('new-rows', parseInteger(count, { minimum: 0 }));
    if (least === null) return [];
    if (runs !== undefined)
      return [{ kind: 'runs', folder: resolve(this.#folder, runs), shown: runs, least }];
    return rows === null ? [] : [{ kind: 'count', rows, least }];
  }

  #duration(name: 'cooldown' | 'max-age' | 'every', usual: string): number {
    const seconds = this.#take(name, parseDuration(this.#texts[name] ?? usual, name)) ?? 1;
    // A training each time would be no calendar, and nothing would be fresh.
    if (seconds === 0 && name !== 'cooldown')
      this.#refuse(name, 'no time at all', { allowed: 'a number above 0 with its unit: 15m, 24h, 7d' });
    return seconds;
  }

  #required(name: Name, what: string): string {
    const text = this.#texts[name] ?? '';
    if (text === '') this.#refuse(name, 'is missing', { allowed: what });
    return text;
  }

  #take<T>(name: Name, reading: Reading<T>): T | null {
    if (reading.ok) return reading.value;
    const { ok: _ok, message, ...more } = reading;
    this.#refuse(name, message, more);
    return null;
  }

  #refuse(name: Name, message: string, more: { readonly allowed?: string; readonly nearest?: string }): void {
    this.#problems.push({ input: `--${name}`, message, ...more });
  }
}
