/**
 * Values that the chart's schema allows, at random: what the schema says of types, ranges and patterns is read from it, so that a
 * pattern which allows more than the API server takes is found. Values that do not go together are mended, as a user would.
 */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  at,
  drop,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  put,
  textAt,
} from '../../../core/kubernetes/index.ts';
import { chart } from './support.ts';

export async function randomValues(): Promise<fc.Arbitrary<JsonObject>> {
  const schema = JSON.parse(await readFile(join(chart, 'values.schema.json'), 'utf8')) as JsonObject;
  const { global: _, ...properties } = objectAt(schema, 'properties');
  return fromObject({ ...schema, properties }, schema).map((values) => mended(values as JsonObject));
}

/** `isItem`: of a list, where nothing that is left out has a default. */
function from(value: Json | undefined, root: JsonObject, isItem = false): fc.Arbitrary<Json> {
  const schema = objectAt(value);
  const target = textAt(schema, '$ref').replace('#/definitions/', '');
  if (target !== '') return from(at(root, 'definitions', target), root, isItem);
  if (schema.const !== undefined) return fc.constant(schema.const);
  const choices = [
    ...listAt(schema, 'enum').map((one) => fc.constant(one)),
    ...listAt(schema, 'anyOf').map((one) => from(one, root, isItem)),
  ];
  if (choices.length > 0) return fc.oneof(...choices);
  const types = [schema.type ?? 'object'].flat().map(String);
  return fc.oneof(...types.map((type) => ofType(type, schema, root, isItem)));
}

function ofType(type: string, schema: JsonObject, root: JsonObject, isItem: boolean): fc.Arbitrary<Json> {
  const min = numberAt(schema, 'minimum') ?? 1;
  const max = numberAt(schema, 'maximum') ?? min + 20;
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (type === 'integer') return fc.integer({ min, max });
  if (type === 'number') return fc.constantFrom(0.25, 1, 2, 1_073_741_824);
  if (type === 'string') return ofPattern(schema);
  if (type === 'array') {
    const minLength = numberAt(schema, 'minItems') ?? 0;
    return fc.array(from(schema.items, root, true), { minLength, maxLength: 2 }).map(withoutTwins);
  }
  if (type === 'object') return fromObject(schema, root, isItem);
  throw new Error(`no random values of the type ${type}`);
}

function ofPattern(schema: JsonObject): fc.Arbitrary<string> {
  const pattern = textAt(schema, 'pattern');
  if (pattern === '') return fc.stringMatching(/^[ -~äß]{1,12}$/);
  return fc.stringMatching(new RegExp(pattern), { size: 'xsmall' });
}

function fromObject(schema: JsonObject, root: JsonObject, isItem = false): fc.Arbitrary<Json> {
  const [named] = Object.entries(objectAt(schema, 'patternProperties'));
  if (named !== undefined) {
    const key = fc.stringMatching(new RegExp(named[0]), { size: 'xsmall' });
    return fc.dictionary(key, from(named[1], root), { minKeys: 0, maxKeys: 3 });
  }
  const properties = Object.entries(objectAt(schema, 'properties')).map(([key, value]) => [
    key,
    from(value, root),
  ]);
  // Left out, a value has its default.
  const requiredKeys = isItem ? listAt(schema, 'required').map(String) : [];
  return fc.record<Record<string, Json>>(Object.fromEntries(properties), {
    requiredKeys,
  }) as fc.Arbitrary<Json>;
}

/** Nor two labels of one name, which no pod has. */
function withoutTwins(list: readonly Json[]): readonly Json[] {
  const keyOf = (one: Json): string =>
    typeof one === 'string' ? one.replace(/=.*/, '') : JSON.stringify(one);
  return [...new Map(list.map((one) => [keyOf(one), one])).values()];
}

/** What the chart refuses, with the reason that it gives, is changed to what it asks for. */
function mended(values: JsonObject): JsonObject {
  let good = values;
  const set = (path: string, value: Json): void => {
    good = put(good, path.split('.'), value);
  };
  const get = (path: string): Json | undefined => at(good, ...path.split('.'));
  for (const image of ['image', ...parts.map((part) => `${part}.image`)]) {
    if (textAt(good, ...image.split('.'), 'digest') !== '') set(`${image}.tag`, '');
    else if (get(`${image}.tag`) === '' || get(`${image}.tag`) === 'latest') set(`${image}.tag`, 'v2');
  }
  if (textAt(good, 'model', 'uri') !== '') {
    set('model.path', '');
    if (textAt(good, 'model', 'registry') === '') set('model.registry', 'http://mlflow:5000');
  }
  // Any address that the schema takes, made open.
  if (textAt(good, 'model', 'registry') !== '') {
    set('model.registry', 'http://registry.elsewhere.svc:8080');
    const pods = { namespace: 'elsewhere', labels: ['app=registry'], port: 5000, servicePort: 8080 };
    set('networkPolicies.egress', [...listAt(good, 'networkPolicies', 'egress'), pods]);
  }
  if (get('autoscaling.enabled') === false) set('replicas', numberAt(good, 'replicas') ?? 3);
  else good = drop(good, ['replicas']);
  const fewest = numberAt(good, 'autoscaling', 'min') ?? 2;
  if ((numberAt(good, 'autoscaling', 'max') ?? 6) < fewest) set('autoscaling.max', fewest);
  if (get('autoscaling.targets.cpu') === null && get('autoscaling.targets.memory') === null)
    set('autoscaling.targets.cpu', 50);
  if (get('terminationGracePeriod') !== undefined) set('terminationGracePeriod', 90);
  if (get('prometheus.enabled') === false) {
    for (const part of ['alertmanager', 'grafana', 'pushgateway', 'costExporter'])
      set(`${part}.enabled`, false);
  }
  set('prometheus.retention.size', '1KB');
  if (textAt(good, 'prometheus', 'retention', 'time') === '') set('prometheus.retention.time', '1d');
  // As Kubernetes has it: the schema knows its outline alone.
  if (get('pods.affinity') !== undefined) set('pods.affinity', {});
  const tolerations = listAt(good, 'pods', 'tolerations').map(mendedToleration);
  if (tolerations.length > 0) set('pods.tolerations', tolerations);
  return enough(good) as JsonObject;
}

const parts = ['prometheus', 'alertmanager', 'grafana', 'pushgateway', 'costExporter'];

/** The API server's own rules: only a taint that evicts has a time, one that only exists has no value, one without key exists. */
function mendedToleration(toleration: Json): JsonObject {
  const { value: _, tolerationSeconds, ...left } = objectAt(toleration);
  const exists = left.operator === 'Exists' || textAt(left, 'key') === '';
  return {
    ...left,
    ...(textAt(left, 'key') === '' ? {} : { key: 'team/pool' }),
    ...(exists ? { operator: 'Exists' } : { value: 'ml' }),
    ...(left.effect === 'NoExecute' && tolerationSeconds !== undefined ? { tolerationSeconds } : {}),
  };
}

/** A request above the limit is for the API server to refuse: both are the same here. */
function enough(value: Json | undefined): Json {
  if (!isObject(value)) return value ?? null;
  const fields = Object.entries(value).map(([key, inner]) => {
    if (key !== 'resources') return [key, enough(inner)];
    const amounts = { cpu: '1', memory: '1Gi', ...objectAt(inner, 'requests') };
    return [key, { requests: amounts, limits: amounts }];
  });
  return Object.fromEntries(fields);
}
