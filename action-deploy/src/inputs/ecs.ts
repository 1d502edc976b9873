/** Inputs of a service on ECS. */

import type { InputReader } from '../../../core/inputs/index.ts';
import { quote } from '../../../core/inputs/index.ts';
import type { EcsConfig } from '../config.ts';
import { refuse } from './refuse.ts';
import { readStrategy } from './strategy.ts';

const others = [
  'namespace',
  'manifests',
  'kustomize-path',
  'helm-chart',
  'helm-release',
  'helm-values',
] as const;

export function readEcs(reader: InputReader, bakeMs: number): EcsConfig {
  refuse(reader, others, 'it belongs to `target: eks`');
  return {
    kind: 'ecs',
    cluster: readName(reader, 'cluster'),
    service: readName(reader, 'service'),
    taskDefinition: readTaskDefinition(reader),
    container: reader.text('container-name') || null,
    environment: readEnvironment(reader),
    strategy: readStrategy(reader, bakeMs),
  };
}

/** A name, or an ARN. */
function readName(reader: InputReader, input: 'cluster' | 'service'): string {
  const text = reader.text(input);
  if (text === '') {
    reader.add({ input, message: 'a value is required with `target: ecs`', allowed: 'a name or an ARN' });
  } else if (!/^[A-Za-z0-9_-]{1,255}$/.test(text) && !/^arn:[\w-]+:ecs:[\w-]+:\d{12}:\S+$/.test(text)) {
    reader.add({
      input,
      message: `${quote(text)} is neither a name nor an ARN`,
      allowed: `letters, digits, - and _; or arn:aws:ecs:region:account:${input}/…`,
    });
  }
  return text;
}

/** A path has a folder or the ending of a file; a family has neither. */
function readTaskDefinition(reader: InputReader): EcsConfig['taskDefinition'] {
  const text = reader.text('task-definition');
  if (text === '') return { kind: 'service' };
  if (/[/\\]|\.(?:json|ya?ml)$/i.test(text)) {
    const path = reader.path('task-definition', { inside: true });
    return { kind: 'file', file: { path: path ?? '', shown: text } };
  }
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(text)) {
    reader.add({
      input: 'task-definition',
      message: `${quote(text)} is neither a file nor a family`,
      allowed: 'a path, as deploy/task.json, or the name of a family without its revision',
      ...(/^[A-Za-z0-9_-]+:\d+$/.test(text) ? { nearest: text.split(':')[0] ?? '' } : {}),
    });
  }
  return { kind: 'family', name: text };
}

/** `NAME=value`, one a line; a value may be empty, and hold anything. */
function readEnvironment(reader: InputReader): EcsConfig['environment'] {
  const found = new Map<string, string>();
  for (const [index, line] of reader.lines('environment').entries()) {
    const at = line.indexOf('=');
    const name = (at < 0 ? line : line.slice(0, at)).trim();
    // The value may be a secret: it is never shown.
    const where = `line ${index + 1}`;
    if (at < 0 || !/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name)) {
      reader.add({
        input: 'environment',
        message: `${where} is not a variable`,
        allowed: 'NAME=value, one a line',
      });
    } else if (found.has(name)) {
      reader.add({ input: 'environment', message: `${where}: ${name} stands there twice` });
    } else {
      found.set(name, line.slice(at + 1).trim());
    }
  }
  return [...found].map(([name, value]) => ({ name, value }));
}
