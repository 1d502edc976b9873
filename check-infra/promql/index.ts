/** The lint of PromQL: of single expressions, and of all rules and dashboards of a folder against the metrics contract. */

import type { ParsedFile } from '../infra.ts';
import { type Contract, type ContractMetric, contractOf } from './contract.ts';
import { type Asked, expressionsIn, type Record, rulesIn } from './folder.ts';
import { type Knowledge, knowledgeOf, type Recorded } from './knowledge.ts';
import { lintPromql, missingLabels } from './lint.ts';
import type { Mistake } from './mistake.ts';
import { ruleMistakes } from './rules.ts';
import { scrapesOf, targetLabelsOf } from './scrapes.ts';
import { undeclared } from './undeclared.ts';
import type { Vector } from './value.ts';

export { type Contract, type ContractMetric, contractOf } from './contract.ts';
export { type Asked, expressionsIn, rulesIn } from './folder.ts';
export type { Knowledge } from './knowledge.ts';
export { lintPromql } from './lint.ts';
export { type Mistake, type MistakeName, mistakeNames } from './mistake.ts';

export interface Folder {
  readonly rules: readonly Pick<ParsedFile, 'place' | 'value'>[];
  readonly dashboards: readonly Pick<ParsedFile, 'place' | 'value'>[];
  /** Configurations of Prometheus: which labels targets are given. */
  readonly scrapes: readonly Pick<ParsedFile, 'value'>[];
  /** There are ServiceMonitors and the like: more jobs than the configurations say. */
  readonly hasMonitors?: boolean;
  /** Null: names that nobody knows are no mistakes. */
  readonly contract: Contract | null;
}

export interface Placed {
  readonly place: string;
  readonly mistake: Mistake;
}

export function lintFolder(folder: Folder): Placed[] {
  const knowledge = knowledgeOfFolder(folder);
  return [
    ...folder.rules.flatMap(ruleMistakes),
    ...expressionsOf(folder).flatMap((asked) => lintAsked(asked, knowledge)),
  ];
}

export function lintAsked(asked: Asked, knowledge: Knowledge): Placed[] {
  const { place, text, purpose, isCertain, named, variables } = asked;
  const { mistakes, value } = lintPromql(text, knowledge, purpose);
  if (!isCertain && mistakes.some(({ name }) => name === 'promql-syntax')) return [];
  const missing = named.flatMap(({ label, by }) => missingLabels(value, [label], by));
  const strangers = variables === null || !isCertain ? [] : undeclared(text, variables);
  return [...mistakes.map((mistake) => ofFile(mistake, variables === null)), ...strangers, ...missing].map(
    (mistake) => ({ place, mistake }),
  );
}

/** Prometheus reads a file of rules whole or not at all; a dashboard has one panel less. */
function ofFile(mistake: Mistake, isRule: boolean): Mistake {
  if (!isRule || mistake.name !== 'promql-syntax') return mistake;
  return {
    ...mistake,
    mend: `${mistake.mend}; a wrong expression keeps Prometheus from taking the whole file`,
  };
}

/** For expressions that stand elsewhere, in runbooks and guides. */
export function knowledgeOfFolder(folder: Folder): Knowledge {
  const expressions = expressionsOf(folder);
  const used = new Set(expressions.flatMap(({ text }) => text.match(/[A-Za-z_:][\w:]*/g) ?? []));
  return knowledgeOf({
    contract: folder.contract,
    recorded: (knowledge) =>
      expressions.flatMap((asked) => ('record' in asked ? [recordedOf(asked as Record, knowledge)] : [])),
    targetLabels: targetLabelsOf(folder.scrapes),
    scrapes: folder.hasMonitors === true ? null : scrapesOf(folder.scrapes),
    used,
  });
}

function expressionsOf({ rules, dashboards }: Folder): Asked[] {
  return [...rules.flatMap(rulesIn), ...dashboards.flatMap(expressionsIn)];
}

/** A rule may build on others, and by mistake on itself. */
function recordedOf({ record, labels, text }: Record, knowledge: Knowledge): Recorded {
  let series: Vector | null = null;
  let state: 'new' | 'open' | 'done' = 'new';
  return {
    name: record,
    labels,
    series: () => {
      if (state === 'new') {
        state = 'open';
        const { value } = lintPromql(text, knowledge, 'recorded');
        series = value.type === 'vector' ? value : null;
        state = 'done';
      }
      return series;
    },
  };
}

/** All of a folder's contracts as one; null: there is none. */
export function mergedContract(files: readonly Pick<ParsedFile, 'value'>[]): Contract | null {
  const all = files.flatMap(({ value }) => contractOf(value) ?? []);
  if (all.length === 0) return null;
  return {
    metrics: all.flatMap(({ metrics }) => metrics),
    others: all.flatMap(({ others }) => others),
    targetLabels: all.flatMap(({ targetLabels = [] }) => targetLabels),
  };
}

/** From metrics.ts, whose definitions are the same. */
export function contractFrom(metrics: Readonly<globalThis.Record<string, ContractMetric>>): Contract {
  return { metrics: Object.values(metrics), others: [] };
}
