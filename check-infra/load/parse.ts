/** What a file is, by what it holds. */

import { LineCounter, parseAllDocuments } from 'yaml';
import { isKubeObject, isObject, type JsonObject, listAt, oneLine } from '../../core/kubernetes/index.ts';
import { contractOf } from '../promql/contract.ts';

export interface Parsed {
  readonly is: 'manifests' | 'rules' | 'scrapes' | 'dashboard' | 'contract' | 'policy' | 'plan' | 'other';
  /** Of the first document that is an object; null: there is none, or the file is no YAML and no JSON. */
  readonly value: JsonObject | null;
  /** Documents that are objects of Kubernetes, each with the line before it. */
  readonly manifests: readonly { readonly text: string; readonly line: number }[];
  /** Why it is no YAML, though it was meant to be something of these. */
  readonly broken: { readonly line: number; readonly why: string } | null;
}

export interface Read extends Parsed {
  /** Absolute. */
  readonly path: string;
  readonly place: string;
  readonly text: string;
}

const nothing: Parsed = { is: 'other', value: null, manifests: [], broken: null };

export function parseFile(name: string, text: string): Parsed {
  if (name.endsWith('.tf')) return nothing;
  return /\.json$/i.test(name) ? parseJson(text) : parseYaml(text);
}

function parseJson(text: string): Parsed {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return nothing;
    if (isDashboard(value) || (isObject(value.dashboard) && isDashboard(value.dashboard)))
      return { ...nothing, is: 'dashboard', value };
    if (isPolicy(value)) return { ...nothing, is: 'policy', value };
    if (isPlan(value)) return { ...nothing, is: 'plan', value };
    const manifests = isManifest(value) ? [{ text, line: 0 }] : [];
    return { ...nothing, is: kindOf(value), value, manifests };
  } catch {
    if (/"Statement"\s*:/.test(text) && /"Effect"\s*:/.test(text)) return { ...nothing, is: 'policy' };
    // A comment or a comma too many: Grafana leaves such a file out, and says so in its log alone.
    const looksLikeOne = /"panels"\s*:/.test(text) && /"(?:schemaVersion|targets|gridPos)"\s*:/.test(text);
    return looksLikeOne ? { ...nothing, is: 'dashboard' } : nothing;
  }
}

/** Of AWS; others have statements too, but no such effects. */
function isPolicy({ Statement: statement }: JsonObject): boolean {
  const list = Array.isArray(statement) ? statement : [statement];
  return list.some((one) => isObject(one) && ('Effect' in one || 'NotAction' in one));
}

/** What `terraform show -json` says of a plan. */
function isPlan({ format_version: version, planned_values: values }: JsonObject): boolean {
  return typeof version === 'string' && isObject(values);
}

function isDashboard(value: JsonObject): boolean {
  return Array.isArray(value.panels) && ('title' in value || 'schemaVersion' in value);
}

function parseYaml(text: string): Parsed {
  const values: JsonObject[] = [];
  const manifests: { text: string; line: number }[] = [];
  for (const document of documentsOf(text)) {
    const value = readDocument(document.text);
    if (value instanceof Broken) {
      return isMeant(text)
        ? { ...nothing, broken: { line: document.line + value.line, why: value.message } }
        : nothing;
    }
    if (!isObject(value)) continue;
    values.push(value);
    if (isManifest(value)) manifests.push(document);
  }
  const value = values[0] ?? null;
  const is = manifests.length > 0 ? 'manifests' : value === null ? 'other' : kindOf(value);
  return { is, value, manifests, broken: null };
}

/** A line of `---` ends a document wherever it stands: no text in YAML can hold one. */
function documentsOf(text: string): { text: string; line: number }[] {
  const found: { text: string; line: number }[] = [];
  let lines: string[] = [];
  let start = 0;
  text.split('\n').forEach((line, index) => {
    if (/^---(?:\s|$)/.test(line)) {
      found.push({ text: lines.join('\n'), line: start });
      lines = [line.slice(3)];
      start = index;
    } else lines.push(line);
  });
  found.push({ text: lines.join('\n'), line: start });
  return found;
}

class Broken extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

function readDocument(text: string): unknown {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter,
    prettyErrors: false,
    merge: true,
    logLevel: 'error',
  });
  const first = Array.isArray(documents) ? documents[0] : undefined;
  if (first === undefined) return null;
  const [problem] = first.errors;
  if (problem !== undefined)
    return new Broken(oneLine(problem.message, 200), lineCounter.linePos(problem.pos[0]).line);
  try {
    return first.toJS({ maxAliasCount: 1000 });
  } catch (error) {
    return new Broken(oneLine(error instanceof Error ? error.message : String(error), 200), 1);
  }
}

/** Templates of other tools are no YAML, and no mistake; but rules have templates of their own, which need quotes. */
function isMeant(text: string): boolean {
  if (/^\s*\{[{%]/m.test(text)) return false;
  const isOfKubernetes = /^apiVersion:/m.test(text) && /^kind:/m.test(text);
  const isOfKustomize = /^(?:resources|configMapGenerator|patches):/m.test(text);
  const isRules = /^groups:/m.test(text) && /^\s+(?:- )?(?:alert|record):/m.test(text);
  if (isOfKubernetes && /^[^"'#\n]*\{\{/m.test(text)) return false;
  return isOfKubernetes || isOfKustomize || isRules || /^scrape_configs:/m.test(text);
}

/** Other tools use `apiVersion` and `kind` for their own files too; those have no name as objects have. */
function isManifest(value: JsonObject): boolean {
  if (String(value.apiVersion ?? '').startsWith('kustomize.config.k8s.io/')) return false;
  return isKubeObject(value) || (value.kind === 'List' && listAt(value, 'items').some(isKubeObject));
}

function kindOf(value: JsonObject): Parsed['is'] {
  if (isManifest(value)) return 'manifests';
  if (typeof value.apiVersion === 'string') return 'other';
  if (Array.isArray(value.scrape_configs)) return 'scrapes';
  if (contractOf(value) !== null) return 'contract';
  const isRules =
    Array.isArray(value.groups) &&
    value.groups.some((group) => isObject(group) && Array.isArray(group.rules));
  return isRules ? 'rules' : 'other';
}
