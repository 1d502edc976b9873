/** What a file is, by what it holds. */

import { parse, parseAllDocuments } from 'yaml';
import { isObject, type JsonObject } from '../../core/kubernetes/index.ts';

export interface Parsed {
  readonly is: 'manifests' | 'rules' | 'scrapes' | 'dashboard' | 'other';
  /** Of the first document; null: it is none, or the file is no YAML and no JSON. */
  readonly value: JsonObject | null;
}

export interface Read extends Parsed {
  /** Absolute. */
  readonly path: string;
  readonly place: string;
  readonly text: string;
}

export function parseFile(name: string, text: string): Parsed {
  return name.endsWith('.json') ? parseJson(text) : parseYaml(text);
}

function parseJson(text: string): Parsed {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return { is: 'other', value: null };
    if (isDashboard(value) || (isObject(value.dashboard) && isDashboard(value.dashboard)))
      return { is: 'dashboard', value };
    return { is: kindOf(value), value };
  } catch {
    // A comment or a comma too many: Grafana leaves such a file out, and says so in its log alone.
    const looksLikeOne = /"panels"\s*:/.test(text) && /"(?:schemaVersion|targets|gridPos)"\s*:/.test(text);
    return { is: looksLikeOne ? 'dashboard' : 'other', value: null };
  }
}

function isDashboard(value: JsonObject): boolean {
  return Array.isArray(value.panels) && ('title' in value || 'schemaVersion' in value);
}

function parseYaml(text: string): Parsed {
  try {
    const [first] = parseAllDocuments(text);
    if (first === undefined || !('toJS' in first)) return { is: 'other', value: null };
    const value: unknown = parse(String(first), { logLevel: 'silent' });
    return isObject(value) ? { is: kindOf(value), value } : { is: 'other', value: null };
  } catch {
    return { is: 'other', value: null };
  }
}

function kindOf(value: JsonObject): Parsed['is'] {
  if (typeof value.apiVersion === 'string' && typeof value.kind === 'string') {
    return value.apiVersion.startsWith('kustomize.config.k8s.io/') ? 'other' : 'manifests';
  }
  if (Array.isArray(value.scrape_configs)) return 'scrapes';
  const isRules =
    Array.isArray(value.groups) &&
    value.groups.some((group) => isObject(group) && Array.isArray(group.rules));
  return isRules ? 'rules' : 'other';
}
