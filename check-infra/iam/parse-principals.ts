/** `Principal` and `NotPrincipal`. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */

import { quote } from '../../core/inputs/index.ts';
import { isObject, type Json, type JsonObject } from '../../core/kubernetes/index.ts';
import { type Tell, textsOf, unknownElements } from './elements.ts';
import type { PolicyKind, Principal, Principals } from './policy.ts';

const kinds = ['AWS', 'Service', 'Federated', 'CanonicalUser'] as const;
type Kind = (typeof kinds)[number];

/** Null where there is none, and where there is something wrong, which is told. */
export function parsePrincipals(value: JsonObject, kind: PolicyKind, tell: Tell): Principals | null {
  const { Principal: wanted, NotPrincipal: others } = value;
  if (kind === 'identity') {
    if (wanted !== undefined || others !== undefined)
      tell('a policy of a user or a role names no principal: it is whoever has the policy');
    return null;
  }
  if (wanted !== undefined && others !== undefined) {
    tell('Principal and NotPrincipal exclude each other');
    return null;
  }
  const given = wanted ?? others;
  if (given === undefined) {
    tell('Principal is missing');
    return null;
  }
  const list = principalsOf(given, tell);
  return list.length === 0 ? null : { not: wanted === undefined, list };
}

function principalsOf(value: Json, tell: Tell): Principal[] {
  if (value === '*') return [{ is: 'everybody' }];
  if (!isObject(value)) {
    tell('Principal is `*`, or an object as {"AWS": "arn:aws:iam::123456789012:role/name"}');
    return [];
  }
  unknownElements(value, kinds, tell);
  if (Object.keys(value).length === 0) tell('Principal names nobody');
  return kinds.flatMap((kind) => {
    const given = value[kind];
    if (given === undefined) return [];
    const texts = textsOf(given);
    if (texts === null || texts.length === 0) {
      tell(`Principal, ${kind} is a text or a list of texts`);
      return [];
    }
    return texts.flatMap((text) => principalOf(kind, text, tell));
  });
}

function principalOf(kind: Kind, text: string, tell: Tell): Principal[] {
  if (kind === 'AWS' && text === '*') return [{ is: 'everybody' }];
  if (text === '' || /[*?]/.test(text)) {
    tell(`the principal ${quote(text)} holds a wildcard; it is named whole, or \`*\` with a condition`);
    return [];
  }
  switch (kind) {
    case 'AWS': {
      const account = /^(?:arn:aws[a-z-]*:iam::)?(\d{12})(?::root)?$/.exec(text)?.[1];
      if (account !== undefined) return [{ is: 'account', account }];
      if (/^arn:/.test(text) || /^A[A-Z0-9]{15,}$/.test(text)) return [{ is: 'aws', arn: text }];
      // What Terraform and templates fill in later.
      if (text.startsWith('${')) return [{ is: 'aws', arn: text }];
      tell(
        `${quote(text)} is no principal; it is an account of twelve digits, or the ARN of a user or a role`,
      );
      return [];
    }
    case 'Service':
      return [{ is: 'service', name: text }];
    case 'Federated':
      return [{ is: 'federated', provider: text }];
    case 'CanonicalUser':
      return [{ is: 'canonical', id: text }];
  }
}
