/**
 * Writes core/native/pins.ts: version and SHA-512 of the npm packages that carry native files, taken from
 * package-lock.json. A platform whose package the lock file leaves out gets its version without a digest: installed
 * it is used, fetched it is not. `--check` changes nothing and fails when the file is stale.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Pin, pins } from '../core/native/pins.ts';

const root = join(import.meta.dirname, '..');
const pinsFile = join(root, 'core', 'native', 'pins.ts');

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function main(): void {
  const check = process.argv.includes('--check');
  const lock: { packages: Record<string, LockedPackage> } = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  );
  const locked = (name: string): LockedPackage => lock.packages[`node_modules/${name}`] ?? {};
  const bindings = locked('@duckdb/node-bindings').optionalDependencies ?? {};
  const wanted: [string, string | undefined][] = [
    ...Object.entries(bindings).sort(([a], [b]) => (a < b ? -1 : 1)),
    ['onnxruntime-node', locked('onnxruntime-node').version],
  ];
  const result: Record<string, Pin> = {};
  const stale: string[] = [];
  for (const [name, version] of wanted) {
    if (version === undefined) throw new Error(`package-lock.json does not name ${name}`);
    const integrity = locked(name).integrity ?? null;
    if (pins[name]?.integrity !== integrity || pins[name]?.version !== version) stale.push(name);
    result[name] = { version, integrity };
  }
  for (const name of Object.keys(pins)) if (!wanted.some(([other]) => other === name)) stale.push(name);
  if (check) {
    if (stale.length === 0) return;
    console.error(`core/native/pins.ts is stale (${stale.join(', ')}): run node scripts/pin-native.ts`);
    process.exitCode = 1;
    return;
  }
  writeFileSync(pinsFile, render(result));
}

function render(result: Readonly<Record<string, Pin>>): string {
  const entries = Object.entries(result).map(([name, pin]) => {
    const integrity = pin.integrity === null ? ' null' : `\n      '${pin.integrity}'`;
    return `  '${name}': {\n    version: '${pin.version}',\n    integrity:${integrity},\n  },\n`;
  });
  return `/** Generated from package-lock.json by scripts/pin-native.ts. */

export interface Pin {
  readonly version: string;
  /** \`sha512-<base64>\` of the npm tarball; null where the lock file has no such package. */
  readonly integrity: string | null;
}

export const pins: Readonly<Record<string, Pin>> = {
${entries.join('')}};
`;
}

main();
