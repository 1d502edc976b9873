/** Reads a schema into a plan. A part that is not understood makes the plan accept less, or nothing at all. */

import { PatternError, type Patterns } from './compile.ts';
import type { PlannedPattern, RowPlan, ValuePlan } from './plan.ts';
import { type JsonType, schemasIn, TypeReader } from './types-of.ts';
import { anyValue, bothPlans, eitherPlan, noValue, ownPlan } from './value-plans.ts';
import {
  hasInnerIds,
  isPlainReference,
  isSchemaObject,
  propertySchemas,
  resolveLocal,
  type Schema,
  type SchemaObject,
} from './walk.ts';

/** Keywords that are read into plans of values. */
const valueKeywords = new Set([
  ...['type', 'nullable', 'enum', 'const', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  ...['multipleOf', 'minLength', 'maxLength', 'pattern', 'format', 'allOf', 'anyOf', 'oneOf', '$ref'],
  ...['formatMinimum', 'formatMaximum', 'formatExclusiveMinimum', 'formatExclusiveMaximum'],
]);
const arrayKeywords = new Set([
  ...['items', 'additionalItems', 'prefixItems', 'contains', 'minContains', 'maxContains'],
  ...['minItems', 'maxItems', 'uniqueItems', 'unevaluatedItems'],
]);
/** Those of objects that are read at the top, where the row is the object. */
const rowKeywords = new Set(['properties', 'patternProperties', 'additionalProperties', 'required']);
const objectKeywords = new Set([
  ...rowKeywords,
  ...['minProperties', 'maxProperties', 'propertyNames', 'dependentRequired', 'dependentSchemas'],
  ...['dependencies', 'unevaluatedProperties'],
]);
/** What no plan expresses, whatever the type of the value. */
const otherKeywords = new Set([
  ...['not', 'if', '$dynamicRef', '$recursiveRef', '$dynamicAnchor', '$recursiveAnchor', 'id', '$async'],
]);

/** How the planner reads a keyword; null: it is passed over, as ajv asserts nothing by it. A test names all of ajv's. */
export function readingOf(keyword: string): 'value' | 'array' | 'object' | 'other' | null {
  if (valueKeywords.has(keyword)) return 'value';
  if (arrayKeywords.has(keyword)) return 'array';
  if (objectKeywords.has(keyword)) return 'object';
  return otherKeywords.has(keyword) ? 'other' : null;
}

/** Beside a row these say something of the row as a whole. */
const wholeRow = new Set(['enum', 'const', 'anyOf', 'oneOf']);

/** The schema must be one that `compileSchema` has taken, with the expressions that it met. */
export function planRow(schema: Schema, patterns: Patterns): RowPlan {
  try {
    return new Planner(schema, patterns).row();
  } catch (error) {
    if (!(error instanceof Unplannable)) throw error;
    return { usable: false, why: error.message, required: new Set(), column: () => noValue };
  }
}

/** A schema that no plan of single columns expresses; the message says why. */
class Unplannable extends Error {}

/** Past so many columns in one schema, plans are made anew rather than kept. */
const mostColumns = 100_000;

class Planner {
  private readonly root: Schema;
  private readonly patterns: Patterns;
  private readonly types: TypeReader;
  private readonly known = new Map<SchemaObject, ValuePlan>();
  private readonly open = new Set<SchemaObject>();

  constructor(root: Schema, patterns: Patterns) {
    this.root = root;
    this.patterns = patterns;
    this.types = new TypeReader(root);
  }

  row(): RowPlan {
    if (hasInnerIds(this.root)) throw new Unplannable('a part has an `$id` of its own');
    const parts = new Set<SchemaObject>();
    this.collect(this.root, parts);
    const required = new Set<string>();
    for (const part of parts) {
      if (Array.isArray(part.required)) for (const name of part.required) required.add(String(name));
    }
    const columns = new Map<string, ValuePlan>();
    return {
      usable: true,
      why: null,
      required,
      column: (name) => {
        const plan = columns.get(name) ?? this.column(parts, name);
        if (columns.size < mostColumns) columns.set(name, plan);
        return plan;
      },
    };
  }

  /** All object schemas that the row must satisfy together. */
  private collect(schema: Schema, parts: Set<SchemaObject>): void {
    if (schema === true) return;
    if (schema === false) throw new Unplannable('the schema accepts nothing');
    if (parts.has(schema)) return;
    parts.add(schema);
    for (const keyword of Object.keys(schema)) {
      const reading = readingOf(keyword);
      const isPlain =
        reading === 'object' ? rowKeywords.has(keyword) : reading !== 'other' && !wholeRow.has(keyword);
      if (!isPlain) throw new Unplannable(`\`${keyword}\` is of the row as a whole`);
    }
    const { type } = schema;
    if (type !== undefined && !(Array.isArray(type) ? type : [type]).includes('object')) {
      throw new Unplannable('the schema is of no object');
    }
    this.checkNames(schema);
    if (schema.$ref !== undefined) this.collect(this.target(schema), parts);
    for (const each of schemasIn(schema.allOf)) this.collect(each, parts);
  }

  private checkNames({ properties, patternProperties }: SchemaObject): void {
    for (const name of isSchemaObject(properties) ? Object.keys(properties) : []) {
      // In ajv's code an absent `constructor` is the one that every object inherits.
      if (name in Object.prototype)
        throw new Unplannable(`a column \`${name}\` is in every row, as JavaScript sees it`);
    }
    for (const pattern of isSchemaObject(patternProperties) ? Object.keys(patternProperties) : []) {
      try {
        this.patterns.use(pattern);
      } catch (error) {
        if (!(error instanceof PatternError)) throw error;
        throw new Unplannable('an expression of `patternProperties` is none');
      }
    }
  }

  private column(parts: ReadonlySet<SchemaObject>, name: string): ValuePlan {
    // JavaScript's own name: what ajv's code does with it depends on the number of columns.
    if (name === '__proto__') return noValue;
    const matches = (pattern: string, text: string): boolean => this.patterns.use(pattern).test(text);
    return [...parts]
      .flatMap((part) => propertySchemas(part, name, matches))
      .map((own) => this.value(own))
      .reduce(bothPlans, anyValue);
  }

  private value(schema: Schema): ValuePlan {
    if (schema === true) return anyValue;
    if (schema === false) return noValue;
    const known = this.known.get(schema);
    if (known !== undefined) return known;
    if (this.open.has(schema)) return noValue;
    this.open.add(schema);
    const plan = this.read(schema);
    this.open.delete(schema);
    this.known.set(schema, plan);
    return plan;
  }

  private read(schema: SchemaObject): ValuePlan {
    const readings = Object.keys(schema).map(readingOf);
    if (readings.includes('other')) return noValue;
    try {
      let plan = ownPlan(schema, (source) => this.pattern(source));
      if (readings.includes('array') || readings.includes('object')) plan = { ...plan, arrayOrObject: false };
      if (schema.$ref !== undefined) plan = bothPlans(plan, this.value(this.target(schema)));
      for (const each of schemasIn(schema.allOf)) plan = bothPlans(plan, this.value(each));
      if (schema.anyOf !== undefined) {
        plan = bothPlans(plan, eitherPlan(schemasIn(schema.anyOf).map((each) => this.value(each))));
      }
      return schema.oneOf === undefined ? plan : bothPlans(plan, this.oneOf(schemasIn(schema.oneOf)));
    } catch (error) {
      if (error instanceof Unplannable || error instanceof PatternError) return noValue;
      throw error;
    }
  }

  /** A value is surely valid by exactly one branch where the other branches admit no value of its type. */
  private oneOf(branches: readonly Schema[]): ValuePlan {
    const only = (type: JsonType): ValuePlan => {
      const admitting = branches.filter((branch) => this.types.ofValue(branch)?.has(type) ?? true);
      const [branch] = admitting;
      return admitting.length === 1 && branch !== undefined ? this.value(branch) : noValue;
    };
    return {
      number: only('number').number,
      string: only('string').string,
      boolean: only('boolean').boolean,
      nullValue: only('null').nullValue,
      arrayOrObject: only('array').arrayOrObject && only('object').arrayOrObject,
    };
  }

  private target(schema: SchemaObject): Schema {
    const target = isPlainReference(schema.$ref) ? resolveLocal(this.root, schema.$ref) : null;
    if (target === null) throw new Unplannable('a `$ref` that is no plain pointer into this schema');
    return target;
  }

  private pattern(source: string): PlannedPattern {
    const expression = this.patterns.use(source);
    return { source, index: this.patterns.indexOf(source), test: (text) => expression.test(text) };
  }
}
