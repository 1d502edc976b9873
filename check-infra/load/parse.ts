/** What a file is, by what it holds. */

import { isObject, type JsonObject } from '../../core/kubernetes/index.ts';
import { contractOf } from '../promql/contract.ts';
import { isSchemaV2 } from '../promql/schema-v2.ts';
import { Broken, type Document, documentsOf, objectsIn, readDocument } from './documents.ts';

export interface Parsed {
  readonly is: 'manifests' | 'rules' | 'scrapes' | 'dashboard' | 'contract' | 'policy' | 'plan' | 'other';
  /** Of the first document that is an object; null: there is none, or the file is no YAML and no JSON. */
  readonly value: JsonObject | null;
  /** Documents that are objects of Kubernetes, each with the line before it. */
  readonly manifests: readonly Document[];
  /** Why it is no YAML, though it was meant to be something of these. */
  readonly broken: { readonly line: number; readonly why: string } | null;
  /** Objects of Kubernetes that no API server takes. */
  readonly odd: readonly { readonly line: number; readonly why: string }[];
}

export interface Read extends Parsed {
  /** Absolute. */
  readonly path: string;
  readonly place: string;
  readonly text: string;
}

const nothing: Parsed = { is: 'other', value: null, manifests: [], broken: null, odd: [] };

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
    const { documents: manifests, odd } = objectsIn(value, { text, line: 0 }, 1);
    return { ...nothing, is: manifests.length > 0 ? 'manifests' : kindOf(value), value, manifests, odd };
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
  if (isSchemaV2(value)) return typeof value.apiVersion !== 'string';
  // Before Grafana 5 all panels stood in rows, and it still reads such a dashboard.
  const rows =
    Array.isArray(value.rows) && value.rows.some((row) => isObject(row) && Array.isArray(row.panels));
  return (Array.isArray(value.panels) || rows) && ('title' in value || 'schemaVersion' in value);
}

function parseYaml(text: string): Parsed {
  const values: JsonObject[] = [];
  const manifests: Document[] = [];
  const odd: Parsed['odd'][number][] = [];
  let broken: Parsed['broken'] = null;
  for (const document of documentsOf(text)) {
    const read = readDocument(document.text);
    if (read instanceof Broken) {
      if (!isMeant(text)) return nothing;
      broken ??= { line: document.line + read.line, why: read.message };
      continue;
    }
    if (!isObject(read.value)) continue;
    values.push(read.value);
    const objects = objectsIn(read.value, document, read.line);
    manifests.push(...objects.documents);
    odd.push(...objects.odd);
  }
  const value = values[0] ?? null;
  const is = manifests.length > 0 ? 'manifests' : value === null ? 'other' : kindOf(value);
  return { is, value, manifests, broken, odd };
}

/** Templates of other tools are no YAML, and no mistake; but rules have templates of their own, which need quotes. */
function isMeant(text: string): boolean {
  if (/^\s*\{[{%]/m.test(text)) return false;
  const isOfKubernetes = /^apiVersion:/m.test(text) && /^kind:/m.test(text);
  const isOfKustomize = /^(?:resources|configMapGenerator|patches):/m.test(text);
  const isRules = /^groups:/m.test(text) && /^\s+(?:- )?(?:alert|record):/m.test(text);
  if (isOfKubernetes && isTemplate(text)) return false;
  return isOfKubernetes || isOfKustomize || isRules || /^scrape_configs:/m.test(text);
}

/** `{{ .Values.name }}` and the like, without quotes; those of alerts (`{{ $labels.job }}`) are for Prometheus, and need quotes. */
function isTemplate(text: string): boolean {
  const parts = [...text.matchAll(/^[^"'#\n]*?(\{\{[^\n]*)/gm)].map(([, part = '']) => part);
  return parts.some((part) => !/^\{\{-?\s*(?:[\w ]*\s)?\$(?:labels|value|externalLabels)\b/.test(part));
}

function kindOf(value: JsonObject): Parsed['is'] {
  if (typeof value.apiVersion === 'string') return 'other';
  if (Array.isArray(value.scrape_configs)) return 'scrapes';
  if (contractOf(value) !== null) return 'contract';
  const isRules =
    Array.isArray(value.groups) &&
    value.groups.some((group) => isObject(group) && Array.isArray(group.rules));
  return isRules ? 'rules' : 'other';
}
