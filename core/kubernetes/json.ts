/** Objects of the Kubernetes API as JSON: fields that are not known here are kept as they are. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json | undefined };

export type Metadata = JsonObject & {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
};

export type KubeObject = JsonObject & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
};

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isKubeObject(value: unknown): value is KubeObject {
  return (
    isObject(value) &&
    typeof value.apiVersion === 'string' &&
    typeof value.kind === 'string' &&
    isObject(value.metadata) &&
    typeof value.metadata.name === 'string'
  );
}

/** The value below the keys; undefined where the way ends. */
export function at(value: Json | undefined, ...keys: readonly string[]): Json | undefined {
  let here: Json | undefined = value;
  for (const key of keys) {
    if (!isObject(here) || !Object.hasOwn(here, key)) return undefined;
    here = here[key];
  }
  return here;
}

/** Empty where there is none. */
export function textAt(value: Json | undefined, ...keys: readonly string[]): string {
  const found = at(value, ...keys);
  return typeof found === 'string' ? found : '';
}

export function numberAt(value: Json | undefined, ...keys: readonly string[]): number | null {
  const found = at(value, ...keys);
  return typeof found === 'number' ? found : null;
}

export function listAt(value: Json | undefined, ...keys: readonly string[]): readonly Json[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found : [];
}

export function objectAt(value: Json | undefined, ...keys: readonly string[]): JsonObject {
  const found = at(value, ...keys);
  return isObject(found) ? found : {};
}

/** A copy in which the value stands below the keys; objects on the way are made. */
export function put(value: JsonObject, keys: readonly string[], to: Json): JsonObject {
  const [key, ...rest] = keys;
  if (key === undefined) return isObject(to) ? to : value;
  return { ...value, [key]: rest.length === 0 ? to : put(objectAt(value, key), rest, to) };
}

/** A copy without what stands below the keys, and without objects that this empties. */
export function drop(value: JsonObject, keys: readonly string[]): JsonObject {
  const [key, ...rest] = keys;
  if (key === undefined || !Object.hasOwn(value, key)) return value;
  const { [key]: old, ...others } = value;
  if (rest.length === 0) return others;
  if (!isObject(old)) return value;
  const below = drop(old, rest);
  if (below === old) return value;
  return Object.keys(below).length === 0 ? others : { ...value, [key]: below };
}

/** As JSON writes it, with keys in order: equal values give equal texts. */
export function canonical(value: Json | undefined): string {
  if (value === undefined) return 'null';
  if (Array.isArray(value)) return `[${value.map((part) => canonical(part)).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const fields = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${fields.join(',')}}`;
}

/** A text of another's on one line, without control characters, cut at the length. */
export function oneLine(text: string, most = 400): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
