/**
 * Reads a policy strictly: whatever is not in the grammar is a problem with its place, since AWS refuses it too, or, worse, takes
 * it for something else. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */

import { parseDocument } from 'yaml';
import { quote } from '../../core/inputs/index.ts';
import { isObject, type Json, type JsonObject, oneLine } from '../../core/kubernetes/index.ts';
import { listOf, shown, type Tell, textsOf, unknownElements } from './elements.ts';
import { parseConditions } from './parse-conditions.ts';
import { parsePrincipals } from './parse-principals.ts';
import type { Patterns, Policy, PolicyKind, PolicyVersion, Statement } from './policy.ts';

export type Parsed =
  | { readonly is: 'policy'; readonly policy: Policy }
  | { readonly is: 'wrong'; readonly problems: readonly string[] };

const versions: readonly PolicyVersion[] = ['2008-10-17', '2012-10-17'];
const policyElements = ['Version', 'Id', 'Statement'];
const statementElements = [
  ...['Sid', 'Effect', 'Principal', 'NotPrincipal'],
  ...['Action', 'NotAction', 'Resource', 'NotResource', 'Condition'],
];

/** The kind of a policy that stands alone, by what it has. */
export function policyKindOf(value: JsonObject): PolicyKind {
  const statements = listOf(value.Statement ?? null).filter(isObject);
  if (!statements.some((one) => 'Principal' in one || 'NotPrincipal' in one)) return 'identity';
  return statements.some((one) => 'Resource' in one || 'NotResource' in one) ? 'resource' : 'trust';
}

/** JSON text. An element that is there twice is a problem; JSON itself would keep the last. */
export function parsePolicyText(text: string, place: string, kind?: PolicyKind): Parsed {
  const problems = (...list: readonly string[]): Parsed => ({ is: 'wrong', problems: list });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return problems(`no JSON: ${oneLine(error instanceof Error ? error.message : String(error), 200)}`);
  }
  // JSON is YAML, and its reader knows keys that are there twice.
  const twice = parseDocument(text, { uniqueKeys: true, prettyErrors: true, logLevel: 'silent' }).errors.find(
    ({ code }) => code === 'DUPLICATE_KEY',
  );
  if (twice !== undefined) return problems(`an element is there twice: ${oneLine(twice.message, 200)}`);
  return isObject(value) ? parsePolicy(value, place, kind) : problems('a policy is an object');
}

export function parsePolicy(
  value: JsonObject,
  place: string,
  kind: PolicyKind = policyKindOf(value),
): Parsed {
  const problems: string[] = [];
  const tell: Tell = (problem) => void problems.push(problem);
  unknownElements(value, policyElements, tell);
  const version = value.Version ?? '2008-10-17';
  const known = versions.find((one) => one === version);
  if (known === undefined) tell(`Version is ${shown(version)}; there are ${versions.join(' and ')}`);
  if (value.Id !== undefined && typeof value.Id !== 'string') tell('Id is a text');
  const list = listOf(value.Statement ?? null);
  if (value.Statement === undefined || list.length === 0) tell('Statement is missing');
  const statements = list.flatMap((one, index): Statement[] => {
    const sid = isObject(one) && typeof one.Sid === 'string' && one.Sid !== '' ? ` (${one.Sid})` : '';
    const name = `statement ${index + 1}${sid}`;
    return parseStatement(one, name, kind, (problem) => tell(`${name}: ${problem}`));
  });
  const sids = list.flatMap((one) => (isObject(one) && typeof one.Sid === 'string' ? [one.Sid] : []));
  for (const sid of new Set(sids.filter((one, index) => sids.indexOf(one) !== index)))
    tell(`the Sid ${quote(sid)} is there twice`);
  if (problems.length > 0 || known === undefined) return { is: 'wrong', problems };
  return { is: 'policy', policy: { kind, place, version: known, statements } };
}

function parseStatement(value: Json, name: string, kind: PolicyKind, tell: Tell): Statement[] {
  if (!isObject(value)) {
    tell('it is an object');
    return [];
  }
  unknownElements(value, statementElements, tell);
  if (value.Sid !== undefined && typeof value.Sid !== 'string') tell('Sid is a text');
  const { Effect: effect } = value;
  if (effect !== 'Allow' && effect !== 'Deny')
    tell(effect === undefined ? 'Effect is missing' : `Effect is ${shown(effect)}; there are Allow and Deny`);
  const principals = parsePrincipals(value, kind, tell);
  const actions = patternsOf(value, 'Action', tell);
  for (const action of actions?.patterns ?? []) {
    if (action !== '*' && !/^[a-z0-9-]+:[a-z0-9*?]+$/i.test(action))
      tell(`${quote(action)} is no action; one is written \`service:Name\``);
  }
  const resources = kind === 'trust' ? noResources(value, tell) : patternsOf(value, 'Resource', tell);
  for (const resource of resources?.patterns ?? []) {
    if (resource !== '*' && !/^arn:|^\$\{/.test(resource))
      tell(`${quote(resource)} is no resource; it is an ARN, or \`*\``);
  }
  const conditions = parseConditions(value.Condition, tell);
  if (actions === null || (effect !== 'Allow' && effect !== 'Deny')) return [];
  return [{ name, effect, principals, actions, resources, conditions }];
}

function noResources(value: JsonObject, tell: Tell): null {
  for (const name of ['Resource', 'NotResource'])
    if (name in value) tell(`${name} does not belong into a trust policy: the resource is the role itself`);
  return null;
}

/** `Action` or `NotAction`, one of both. */
function patternsOf(value: JsonObject, name: 'Action' | 'Resource', tell: Tell): Patterns | null {
  const opposite = `Not${name}`;
  const isThere = value[name] !== undefined;
  const isOpposite = value[opposite] !== undefined;
  if (isThere === isOpposite) {
    tell(isThere ? `${name} and ${opposite} exclude each other` : `${name} is missing`);
    return null;
  }
  const not = isOpposite;
  const element = not ? opposite : name;
  const list = textsOf(value[element] ?? null);
  if (list === null || list.length === 0) {
    tell(`${element} is a text or a list of texts`);
    return null;
  }
  return { not, patterns: list };
}
