/** A task definition from a file of the repository: JSON or YAML. */

import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { InputError, quote } from '../../../core/inputs/index.ts';
import type { ShownFile } from '../../../core/tables/index.ts';
import { isObject, type JsonObject, objectsIn, textIn } from './json.ts';
import { registrable } from './task-definition.ts';

const input = 'task-definition';
/** A task definition may hold 64 KiB; the rest is room for comments and layout. In bytes. */
const largest = 1024 * 1024;

/** @throws InputError: unreadable, or no task definition. */
export async function readTaskDefinitionFile(file: ShownFile, container: string | null): Promise<JsonObject> {
  let text: string;
  try {
    text = await readFile(file.path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw wrong(file, code === 'ENOENT' ? 'the file does not exist' : `the file cannot be read (${code})`);
  }
  if (text.length > largest) throw wrong(file, 'the file is larger than 1 MiB');
  return parseTaskDefinition(text, file, container);
}

/**
 * What `aws ecs describe-task-definition` prints is taken as well. Texts stand as they are: nothing is filled in for
 * placeholders, and the image of the chosen container is replaced whatever it was.
 *
 * @param container the input `container-name`
 */
export function parseTaskDefinition(text: string, file: ShownFile, container: string | null): JsonObject {
  // JSON is YAML, and YAML's errors tell line and column.
  const document = parseDocument(text, { uniqueKeys: true, strict: true });
  const [error] = document.errors;
  if (error !== undefined) throw wrong(file, error.message.split('\n', 1)[0]?.replace(/:$/, '') ?? 'no YAML');
  let parsed: unknown;
  try {
    parsed = document.toJS({ maxAliasCount: 100 });
  } catch {
    throw wrong(file, 'too many aliases');
  }
  if (!isObject(parsed)) throw wrong(file, 'the file holds no object');
  const wrapped = isObject(parsed.taskDefinition) ? parsed.taskDefinition : null;
  const tags = objectsIn(parsed.tags);
  const definition = registrable(wrapped ?? parsed, tags);
  check(definition, file, container);
  return definition;
}

function check(definition: JsonObject, file: ShownFile, container: string | null): void {
  if ('ContainerDefinitions' in definition || 'Resources' in definition) {
    throw wrong(
      file,
      'this is a CloudFormation template; the fields of RegisterTaskDefinition begin in lower case',
    );
  }
  const family = textIn(definition, 'family');
  if (family === null || !/^[A-Za-z0-9_-]{1,255}$/.test(family)) {
    throw wrong(file, family === null ? '`family` is missing' : `${quote(family)} is no name of a family`);
  }
  const list = definition.containerDefinitions;
  if (!Array.isArray(list) || list.length === 0) throw wrong(file, '`containerDefinitions` has no container');
  const names = new Set<string>();
  for (const [index, each] of list.entries()) {
    const name = isObject(each) ? textIn(each, 'name') : null;
    if (!isObject(each) || name === null || name === '') {
      throw wrong(file, `containerDefinitions[${index}] has no \`name\``);
    }
    if (names.has(name)) throw wrong(file, `two containers have the name ${quote(name)}`);
    names.add(name);
    const image = textIn(each, 'image');
    if (name === container || list.length === 1) continue;
    if (image === null || /[\s<>{}$]/.test(image) || image === '') {
      throw wrong(
        file,
        `the container ${name} has ${image ? `the image ${quote(image)}` : 'no image'}`,
        image ?? '',
      );
    }
  }
}

function wrong(file: ShownFile, message: string, placeholder = ''): InputError {
  return new InputError([
    {
      input,
      message: `${file.shown}: ${message}`,
      ...(/[<>{}$]/.test(placeholder)
        ? { allowed: 'an image; placeholders are not filled in, but `container-name` gets the image' }
        : {}),
    },
  ]);
}
