/** Certificates and keys, in a kubeconfig or in files beside it. */

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { RunError } from '../../../../../core/inputs/index.ts';
import { textAt } from '../../../../../core/kubernetes/index.ts';
import type { Entry } from './merge.ts';
import { type Places, shownPath } from './place.ts';

/** The text of `<field>-data`, else of the file that `<field>` names; null where there is neither. */
export async function pemOf(entry: Entry, field: string, places: Places): Promise<string | null> {
  const data = textAt(entry.body, `${field}-data`);
  if (data !== '') {
    const text = Buffer.from(data, 'base64').toString('utf8');
    if (!text.includes('-----BEGIN'))
      throw new RunError(
        `${field}-data of ${entry.name} in the kubeconfig ${entry.shown} is not PEM in base64`,
      );
    return text;
  }
  const file = textAt(entry.body, field);
  if (file === '') return null;
  const path = resolve(entry.folder, file);
  return readFile(path, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new RunError(
      `${field} of ${entry.name} in the kubeconfig ${entry.shown} names ${shownPath(path, places)}, which ${why}`,
    );
  });
}
