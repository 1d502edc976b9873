/** `steps:` of `pipeline.yaml`. */

import { quote } from '../../../../core/inputs/index.ts';
import type { Files } from './read-pipeline.ts';
import { readMaxRejected } from './read-source.ts';
import type { Source, Step } from './types.ts';
import { isName, nameRule } from './values.ts';
import { type Entry, hint, type YamlReader } from './yaml-reader.ts';

const ofSql = ['name', 'sql'] as const;
const ofValidate = ['name', 'validate', 'input', 'max-rejected'] as const;

export function readSteps(
  reader: YamlReader,
  entry: Entry | undefined,
  sources: readonly Source[],
  files: Files,
): Step[] {
  const steps: Step[] = [];
  const taken = new Map<string, string>(sources.map(({ name }) => [name, 'a source']));
  for (const map of reader.maps(entry, 'steps')) {
    const line = reader.lineOf(map);
    const all = reader.entries(map, 'step', null);
    const name = reader.text(all.get('name'), 'step: name', line);
    if (name === null) continue;
    const where = `step ${name}`;
    if (!isName(name)) reader.problem(line, `step ${quote(name)}: ${nameRule}`);
    const other = taken.get(name);
    if (other !== undefined) reader.problem(line, `${where}: ${other} is called so, too`);
    const isSql = all.has('sql');
    if (isSql === all.has('validate')) {
      reader.problem(line, `${where}: either sql, a file, or validate, a JSON Schema, is needed`);
    } else if (isSql) {
      const own = reader.entries(map, where, ofSql);
      const sql = files.read(own.get('sql'), `${where}: sql`, line);
      if (sql !== null) steps.push({ kind: 'sql', name, sql, line });
    } else {
      const own = reader.entries(map, where, ofValidate);
      const schema = files.read(own.get('validate'), `${where}: validate`, line);
      const input = own.has('input')
        ? reader.text(own.get('input'), `${where}: input`, line)
        : [...taken.keys()].at(-1);
      if (input !== undefined && input !== null && !taken.has(input)) {
        reader.problem(
          own.get('input')?.line ?? line,
          `${where}: input ${quote(input)} is neither a source nor an earlier step${hint(input, [...taken.keys()])}`,
        );
      }
      const maxRejected = readMaxRejected(reader, own.get('max-rejected'), where);
      if (schema !== null && typeof input === 'string')
        steps.push({ kind: 'validate', name, schema, input, maxRejected, line });
    }
    taken.set(name, 'an earlier step');
  }
  return steps;
}
