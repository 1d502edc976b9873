import { cpSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { nativePart, type PartName, thisPlatform } from '../../core/native/index.ts';

const root = resolve(import.meta.dirname, '../..');

/**
 * Copies an action as its release has it into `folder`: action.yml, dist, and beside them the native files of this
 * platform, taken from node_modules. A run then needs neither node_modules nor a registry.
 */
export function copyReleasedAction(action: string, folder: string, parts: readonly PartName[]): void {
  for (const item of ['action.yml', 'dist']) {
    cpSync(join(root, action, item), join(folder, item), { recursive: true });
  }
  const lookup = createRequire(import.meta.url);
  for (const name of parts) {
    const part = nativePart(name, thisPlatform());
    const source = join(dirname(lookup.resolve(`${part.package}/package.json`)), part.folder);
    cpSync(source, join(folder, 'bin', part.vendored), { recursive: true });
  }
}
