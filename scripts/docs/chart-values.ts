/**
 * The values of the Helm chart, told once: the meaning of a value is the comment above it in values.yaml. From there it comes
 * into the description that editors show (values.schema.json) and into the README's table. What several parts have, images and
 * volumes, is told in the schema's definitions.
 */

import { isCollection, isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';

export interface Schema {
  readonly $ref?: string;
  /** What the value may be, in words, where its type does not say it. */
  readonly title?: string;
  /** What the value means. */
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

interface Value {
  /** `image.tag` */
  readonly path: string;
  readonly meaning: string;
  readonly allowed: string;
  /** As YAML on one line. */
  readonly fallback: string;
}

/** Definitions whose keys have rows of their own; the others are one value. */
const expanded = new Set(['#/definitions/image', '#/definitions/storage']);

/** The table of the README. @throws where values.yaml and the schema do not have the same keys, or a value has no meaning */
export function chartValuesTable(valuesYaml: string, schema: Schema): string {
  const { comments, defaults } = readValues(valuesYaml);
  const rows = valuesOf(schema, schema, comments, defaults).map(
    ({ path, fallback, allowed, meaning }) =>
      `| \`${path}\` | \`${fallback}\` | ${cell(allowed)} | ${cell(meaning)} |`,
  );
  return ['| value | default | may be | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** The text of values.schema.json with the meanings of values.yaml as descriptions. */
export function describedSchema(valuesYaml: string, schema: Schema): string {
  const { comments } = readValues(valuesYaml);
  return `${jsonText(describe(schema, '', comments))}\n`;
}

function describe(schema: Schema, path: string, comments: ReadonlyMap<string, string>): Schema {
  const comment = comments.get(path);
  const properties = Object.entries(schema.properties ?? {}).map(([key, value]) => [
    key,
    describe(value, path === '' ? key : `${path}.${key}`, comments),
  ]);
  return {
    ...(comment === undefined ? {} : { description: comment }),
    ...Object.fromEntries(
      Object.entries(schema).filter(([key]) => comment === undefined || key !== 'description'),
    ),
    ...(schema.properties === undefined ? {} : { properties: Object.fromEntries(properties) }),
  };
}

function valuesOf(
  schema: Schema,
  root: Schema,
  comments: ReadonlyMap<string, string>,
  defaults: YAMLMap,
  above: readonly string[] = [],
): readonly Value[] {
  const known = Object.keys(schema.properties ?? {}).filter((key) => above.length > 0 || key !== 'global');
  const written = above.length === 0 ? defaults : defaults.getIn(above);
  const found = isMap(written)
    ? written.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''))
    : [];
  const odd = [
    ...known.filter((key) => !found.includes(key)),
    ...found.filter((key) => !known.includes(key)),
  ];
  if (odd.length > 0) {
    const where = [...above, odd[0]].join('.');
    throw new Error(`${where} is in one of values.yaml and values.schema.json alone: it must be in both`);
  }
  return found.flatMap((key) => {
    const value = schema.properties?.[key] ?? {};
    const keys = [...above, key];
    const target = resolve(value, root);
    const isLeaf = value.$ref === undefined ? value.properties === undefined : !expanded.has(value.$ref);
    if (!isLeaf) return valuesOf(target, root, comments, defaults, keys);
    const path = keys.join('.');
    const meaning = comments.get(path) ?? target.description;
    if (meaning === undefined)
      throw new Error(`${path} has no comment in values.yaml that says what it means`);
    const node: unknown = defaults.getIn(keys);
    const fallback = flow(isCollection(node) ? node.toJSON() : node);
    return [{ path, meaning, allowed: allowedOf({ ...target, ...value }), fallback }];
  });
}

function resolve(schema: Schema, root: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.replace('#/definitions/', '');
  const found = root.definitions?.[name];
  if (found === undefined) throw new Error(`values.schema.json has no definition ${name}`);
  return found;
}

function allowedOf({ title, type = 'string', minimum, maximum }: Schema): string {
  if (title !== undefined) return title;
  const range =
    minimum === undefined
      ? ''
      : maximum === undefined
        ? ` from ${minimum}`
        : ` from ${minimum} to ${maximum}`;
  const words: Readonly<Record<string, string>> = {
    boolean: '`true` or `false`',
    integer: `a number${range}`,
    null: '`null`',
    string: 'a text',
  };
  return [type]
    .flat()
    .map((one) => words[one] ?? one)
    .join(', or ');
}

interface Values {
  /** By path; of keys that have a comment right above them. */
  readonly comments: ReadonlyMap<string, string>;
  readonly defaults: YAMLMap;
}

function readValues(text: string): Values {
  const document = parseDocument(text);
  if (!isMap(document.contents)) throw new Error('values.yaml is no mapping');
  const lines = text.split('\n');
  const comments = new Map<string, string>();
  const visit = (map: YAMLMap, above: string): void => {
    for (const { key, value } of map.items) {
      if (!isScalar(key) || key.range === undefined || key.range === null) continue;
      const path = `${above}${key.value}`;
      const comment = commentAbove(lines, text.slice(0, key.range[0]).split('\n').length - 1);
      if (comment !== '') comments.set(path, comment);
      if (isMap(value)) visit(value, `${path}.`);
    }
  };
  visit(document.contents, '');
  return { comments, defaults: document.contents };
}

/** `line` is counted from 0. */
function commentAbove(lines: readonly string[], line: number): string {
  const comment: string[] = [];
  for (let above = line - 1; above >= 0; above--) {
    const [, content] = /^\s*# ?(.*)$/.exec(lines[above] ?? '') ?? [];
    if (content === undefined) break;
    comment.unshift(content);
  }
  return comment.join(' ');
}

/** YAML on one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return value === '' ? '""' : String(value);
  const fields = Object.entries(value).map(([key, inner]) => `${key}: ${flow(inner)}`);
  return `{${fields.join(', ')}}`;
}

/** As the formatter writes it: lists of plain values on one line, where there is room. */
function jsonText(value: unknown, indent = '', before = 0): string {
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const flat = `[${value.map((one) => JSON.stringify(one)).join(', ')}]`;
    const isPlain = value.every((one) => typeof one !== 'object' || one === null);
    if (isPlain && indent.length + before + flat.length < 110) return flat;
    return `[\n${value.map((one) => `${deeper}${jsonText(one, deeper)}`).join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, inner]) => {
    const name = `${JSON.stringify(key)}: `;
    return `${deeper}${name}${jsonText(inner, deeper, name.length)}`;
  });
  return fields.length === 0 ? '{}' : `{\n${fields.join(',\n')}\n${indent}}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();
}
