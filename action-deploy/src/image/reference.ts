/**
 * Names of images, by the grammar of Docker and as Docker completes them; but a tag or a digest must be written, since what
 * is deployed is not left to a default.
 * https://github.com/distribution/reference/blob/main/reference.go
 */

import { quote, type Reading } from '../../../core/inputs/index.ts';
import type { ImageReference } from '../config.ts';

const form = '[registry[:port]/]repository:tag or …@sha256:digest';
const longestPath = 255;
const longestTag = 128;

type Problem = Extract<Reading<never>, { ok: false }>;

/** A part, or what is wrong with it. */
type Part<T> = { readonly value: T } | { readonly problem: Problem };

const wrong = (message: string, more: { allowed?: string; nearest?: string } = {}): { problem: Problem } => ({
  problem: { ok: false, message, allowed: form, ...more },
});

export function parseImageReference(text: string): Reading<ImageReference> {
  const outer = checkText(text);
  if ('problem' in outer) return outer.problem;
  const [nameAndTag = '', ...digests] = text.split('@');
  if (digests.length > 1) return wrong(`${quote(text)} has more than one @`).problem;
  const [digestText] = digests;
  const digest = digestText === undefined ? { value: null } : readDigest(digestText, nameAndTag);
  if ('problem' in digest) return digest.problem;
  const split = splitTag(nameAndTag);
  const tag = split.tag === null ? { value: null } : readTag(split.tag);
  if ('problem' in tag) return tag.problem;
  const name = readName(split.name);
  if ('problem' in name) return name.problem;
  if (tag.value === null && digest.value === null) {
    return wrong(`${quote(text)} names neither a tag nor a digest`, { nearest: `${text}:latest` }).problem;
  }
  const { registry, path } = name.value;
  return {
    ok: true,
    value: {
      given: text,
      repository: `${registry}/${path}`,
      registry,
      path,
      tag: tag.value,
      digest: digest.value,
    },
  };
}

function checkText(text: string): Part<string> {
  if (text.trim() === '') return wrong('the name of the image is empty');
  if (text.trim() !== text) return wrong(`${quote(text)} has blanks around it`, { nearest: text.trim() });
  if (/[\s\u0000-\u001f\u007f]/.test(text))
    return wrong(`${quote(text)} holds a blank or a control character`);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[0];
  if (scheme !== undefined) {
    return wrong(`${quote(text)} begins with ${scheme}, but it is a name and no address`, {
      nearest: text.slice(scheme.length),
    });
  }
  return { value: text };
}

function readDigest(text: string, name: string): Part<string> {
  const allowed = 'sha256: and 64 digits of 0-9 and a-f';
  if (/^sha256:[0-9a-f]{64}$/.test(text)) return { value: text };
  const nearest = [text.toLowerCase(), `sha256:${text.toLowerCase()}`].find((each) =>
    /^sha256:[0-9a-f]{64}$/.test(each),
  );
  if (nearest !== undefined) {
    return wrong(`the digest ${quote(text)} is not written as digests are`, {
      allowed,
      nearest: `${name}@${nearest}`,
    });
  }
  const [algorithm = '', ...rest] = text.split(':');
  const digits = rest.join(':');
  if (algorithm === 'sha256' && /^[0-9a-f]+$/.test(digits))
    return wrong(`the digest has ${digits.length} digits`, { allowed });
  if (/^sha(?:384|512)$/.test(algorithm)) return wrong(`the digest is one of ${algorithm}`, { allowed });
  return wrong(`the digest ${quote(text)} is not one`, { allowed });
}

/** A colon before the last slash belongs to the port. */
function splitTag(text: string): { readonly name: string; readonly tag: string | null } {
  const colon = text.indexOf(':', text.lastIndexOf('/') + 1);
  return colon === -1
    ? { name: text, tag: null }
    : { name: text.slice(0, colon), tag: text.slice(colon + 1) };
}

function readTag(text: string): Part<string> {
  const allowed = `1 to ${longestTag} letters, digits, _, . and -, of which . and - do not come first`;
  if (text === '') return wrong('the tag behind the colon is empty', { allowed });
  if (text.length > longestTag) return wrong(`the tag has ${text.length} characters`, { allowed });
  return /^\w[\w.-]*$/.test(text) ? { value: text } : wrong(`the tag ${quote(text)} is not one`, { allowed });
}

function readName(text: string): Part<{ readonly registry: string; readonly path: string }> {
  const slash = text.indexOf('/');
  const first = text.slice(0, slash);
  // As Docker tells a registry from the first part of a path.
  const hasRegistry =
    slash !== -1 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const registry = hasRegistry ? readRegistry(first) : { value: 'docker.io' };
  if ('problem' in registry) {
    // `Acme/api` may mean a registry of that name, but hardly does.
    return /[.:]/.test(first) ? registry : wrong(...upperCase(text));
  }
  const rest = hasRegistry ? text.slice(slash + 1) : text;
  const path = readPath(rest);
  if ('problem' in path) return path;
  if (registry.value === 'docker.io' && !path.value.includes('/'))
    return { value: { registry: registry.value, path: `library/${path.value}` } };
  return { value: { registry: registry.value, path: path.value } };
}

function readRegistry(text: string): Part<string> {
  const match =
    /^((?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::(\d+))?$/.exec(
      text,
    );
  if (match === null) return wrong(`the registry ${quote(text)} is no host name`);
  const [, host = '', port] = match;
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535))
    return wrong(`the registry's port ${port} is none`, { allowed: 'ports from 1 to 65535' });
  if (port === undefined && !/[.:]/.test(host) && host !== 'localhost') return wrong(...upperCase(text));
  return { value: host === 'index.docker.io' ? 'docker.io' : text };
}

function readPath(text: string): Part<string> {
  const allowed =
    'parts of lower-case letters and digits, with single . or _, __ or any number of - between them, separated by /';
  if (text === '') return wrong('the repository is empty', { allowed });
  if (text.length > longestPath) {
    return wrong(`the repository has ${text.length} characters`, { allowed: `at most ${longestPath}` });
  }
  if (/^[0-9a-f]{64}$/.test(text)) {
    return wrong('the repository is 64 hexadecimal digits, which Docker takes for an id', { allowed });
  }
  const part = text.split('/').find((each) => !/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/.test(each));
  if (part === undefined) return { value: text };
  if (/[A-Z]/.test(part)) return wrong(...upperCase(text));
  if (part === '') return wrong(`the repository ${quote(text)} has an empty part`, { allowed });
  return wrong(`the part ${quote(part)} of the repository is not one`, { allowed });
}

function upperCase(text: string): [string, { nearest: string }] {
  return [`the repository ${quote(text)} has upper-case letters`, { nearest: text.toLowerCase() }];
}
