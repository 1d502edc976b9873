/**
 * The schema of AWS's Terraform provider, read from the classes that HashiCorp generated from it for CDK for Terraform
 * (`@cdktf/provider-aws`, MPL-2.0): the provider itself is in no package registry. Each class lists its arguments with their
 * types in `synthesizeHclAttributes`, says by `?` in its interface which may be left out, and has a getter for what is computed.
 */

export type AttributeType = string | readonly ['list' | 'set' | 'map', AttributeType];

export interface Attribute {
  readonly type: AttributeType;
  /** `settable`: AWS fills it in where it is not set. */
  readonly mode: 'required' | 'optional' | 'settable' | 'computed';
}

export interface NestedBlock {
  readonly nesting: 'list' | 'set' | 'single';
  /** Least and largest number of such blocks; 0 is no bound. */
  readonly min: number;
  readonly max: number;
  readonly block: Block;
}

export interface Block {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly blocks: Readonly<Record<string, NestedBlock>>;
}

export interface ReadClass {
  readonly kind: 'provider' | 'resource' | 'data-source';
  /** `aws_ecr_repository`; of a data source the same, without its `data_`. */
  readonly name: string;
  readonly providerVersion: string;
  readonly block: Block;
}

interface Listed {
  readonly name: string;
  readonly type: string;
  readonly storage: string;
  /** The function that lists what is within it; null: it is a plain value. */
  readonly within: string | null;
}

interface Source {
  readonly declarations: string;
  /** Bodies of the functions that list arguments of nested blocks. */
  readonly functions: ReadonlyMap<string, string>;
  readonly kind: ReadClass['kind'];
}

const primitives: Readonly<Record<string, string>> = { string: 'string', number: 'number', boolean: 'bool' };

/** `script` is the generated JavaScript of one class, `declarations` its types; null: it holds no class of Terraform. */
export function readClass(script: string, declarations: string): ReadClass | null {
  const base = /^class (\w+) extends cdktf\.Terraform(Resource|DataSource|Provider) /m.exec(script);
  const name = /^\w+\.tfResourceType = "([a-z0-9_]+)"/m.exec(script)?.[1];
  if (base === null || name === undefined) return null;
  const kind = base[2] === 'Resource' ? 'resource' : base[2] === 'Provider' ? 'provider' : 'data-source';
  const functions = new Map(
    [...script.matchAll(/^function (\w+ToHclTerraform)\(struct\) \{\n([\s\S]*?)\n\}/gm)].map(
      ([, at = '', body = '']) => [at, body],
    ),
  );
  const source = { declarations, functions, kind } satisfies Source;
  const listed = /synthesizeHclAttributes\(\) \{([\s\S]*?)\n {4}\}\n/.exec(script)?.[1] ?? '';
  const config = kind === 'provider' ? 'AwsProviderConfig' : `${base[1]}Config`;
  const given = blockOf(listed, config, source);
  const computed = computedIn(script.slice(base.index), given);
  return {
    kind,
    name,
    providerVersion: /providerVersion: '([^']+)'/.exec(script)?.[1] ?? '',
    block: { attributes: { ...given.attributes, ...computed }, blocks: given.blocks },
  };
}

function blockOf(body: string, interfaceName: string, source: Source): Block {
  const properties = propertiesOf(source.declarations, interfaceName);
  const attributes: Record<string, Attribute> = {};
  const blocks: Record<string, NestedBlock> = {};
  for (const one of listedIn(body)) {
    const property = properties.get(spelling(one.name)) ?? properties.get(`${spelling(one.name)}attribute`);
    const isRequired = property?.isRequired ?? false;
    const inner = one.within === null ? undefined : source.functions.get(one.within);
    const type = one.within === null ? plainType(one) : null;
    if (one.within === null || inner === undefined) {
      const optional = source.kind === 'provider' ? 'optional' : 'settable';
      attributes[one.name] = { type: type ?? 'dynamic', mode: isRequired ? 'required' : optional };
      continue;
    }
    const within = `${one.within.charAt(0).toUpperCase()}${one.within.slice(1).replace('ToHclTerraform', '')}`;
    const isSingle = one.name === 'timeouts';
    blocks[one.name] = {
      nesting: isSingle ? 'single' : one.type === 'set' ? 'set' : 'list',
      min: isRequired && !isSingle ? 1 : 0,
      max: property !== undefined && !property.isList && !isSingle ? 1 : 0,
      block: blockOf(inner, within, source),
    };
  }
  return { attributes, blocks };
}

function listedIn(body: string): Listed[] {
  const entry =
    /^\s+"?([A-Za-z0-9_]+)"?: \{\n\s+value: (.*),\n\s+isBlock: (?:true|false),\n\s+type: "([a-z]+)",\n\s+storageClassType: "([^"]+)",?\n/gm;
  return [...body.matchAll(entry)].map(([, name = '', value = '', type = '', storage = '']) => ({
    name,
    type,
    storage,
    within: /(\w+ToHclTerraform)/.exec(value.replaceAll(/cdktf\.\w+/g, ''))?.[1] ?? null,
  }));
}

/** `stringList` with type `set` is a set of texts. Null: of no type that this knows. */
function plainType({ type, storage }: Listed): AttributeType | null {
  const [, element = '', first = '', second = ''] =
    /^(string|number|boolean)(List|Map)?(List|Map)?$/.exec(storage) ?? [];
  const primitive = primitives[element];
  if (primitive === undefined) return null;
  const container = type === 'set' || type === 'list' || type === 'map' ? type : null;
  if (first === '') return primitive;
  const outer = container ?? (first === 'Map' ? 'map' : 'list');
  if (second === '') return [outer, primitive];
  return [second === 'Map' ? 'map' : outer, [first === 'Map' ? 'map' : 'list', primitive]];
}

/** By their spelling without underscores and capitals. */
function propertiesOf(
  declarations: string,
  name: string,
): ReadonlyMap<string, { isRequired: boolean; isList: boolean }> {
  const body = new RegExp(`export interface ${name}(?: extends [^{]+)? \\{\\n([\\s\\S]*?)\\n\\}`).exec(
    declarations,
  )?.[1];
  return new Map(
    [...(body ?? '').matchAll(/^\s+readonly (\w+)(\??): ([^\n]*)/gm)].map(
      ([, property = '', mark = '', type = '']) => [
        property.toLowerCase(),
        { isRequired: mark === '', isList: type.includes('[]') },
      ],
    ),
  );
}

function spelling(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

const getters: Readonly<Record<string, AttributeType>> = {
  String: 'string',
  Number: 'number',
  Boolean: 'bool',
  List: ['list', 'string'],
  NumberList: ['list', 'number'],
  StringMap: ['map', 'string'],
  NumberMap: ['map', 'number'],
  BooleanMap: ['map', 'bool'],
};

/** What the class has a getter for, and nobody may set. */
function computedIn(classText: string, { attributes, blocks }: Block): Record<string, Attribute> {
  const found: Record<string, Attribute> = {};
  const add = (name: string, type: AttributeType): void => {
    if (!(name in attributes) && !(name in blocks)) found[name] ??= { type, mode: 'computed' };
  };
  const getter = /return (?:cdktf\.Fn\.tolist\()?this\.get(\w+?)Attribute\('([a-z0-9_]+)'\)/g;
  for (const [, type = '', name = ''] of classText.matchAll(getter)) add(name, getters[type] ?? 'dynamic');
  // Lists of objects: nothing is known of what they hold.
  for (const [, name = ''] of classText.matchAll(/this\._\w+ = new \w+\(this, "([a-z0-9_]+)"/g))
    add(name, 'dynamic');
  return found;
}
