/**
 * Completes package-lock.json after an `npm install`, on any Node:
 *
 *   node scripts/complete-lock.mjs           adds what is missing
 *   node scripts/complete-lock.mjs --check   fails when something is missing
 *
 * npm leaves the packages of other platforms out of the lock when they are not in node_modules or the registry in use
 * does not serve them, and `npm ci` then refuses the lock as out of date (https://github.com/npm/cli/issues/4828).
 * Their versions are exact in the manifests that name them. npm adds the digest when it first fetches one.
 */

import { readFileSync, writeFileSync } from 'node:fs';

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'x64',
  'wasm32',
];

const file = 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));
const added = [];

for (const [place, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isLocked(place, name)) continue;
    if (!/^\d+\.\d+\.\d+[^\s|]*$/.test(version)) {
      throw new Error(
        `${place} wants ${name}@${version}, which is no exact version: only npm itself can lock it`,
      );
    }
    lock.packages[`node_modules/${name}`] = {
      version,
      ...platformOf(name),
      ...(entry.dev === true ? { dev: true } : {}),
      optional: true,
    };
    added.push(`${name}@${version}`);
  }
}

if (added.length > 0 && process.argv.includes('--check')) {
  console.error(`${file} lacks ${added.length} packages of other platforms, so that npm ci will refuse it:`);
  console.error(`${added.join('\n')}\nRun: node scripts/complete-lock.mjs`);
  process.exit(1);
}
if (added.length > 0) {
  const places = Object.keys(lock.packages).sort((a, b) => a.localeCompare(b, 'en'));
  lock.packages = Object.fromEntries(places.map((place) => [place, lock.packages[place]]));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}
console.log(`${file}: ${added.length} packages of other platforms added`);

/** As Node resolves it: beside the package, or in a node_modules further up. */
function isLocked(place, name) {
  for (let folder = place; ; ) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in lock.packages) return true;
    if (folder === '') return false;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')));
  }
}

/** `@scope/binding-linux-arm64-musl` -> linux, arm64, musl: npm then does not fetch it elsewhere. */
function platformOf(name) {
  const words = name.split('/').at(-1).split('-');
  const os = words.filter((word) => systems.includes(word));
  const cpu = words.filter((word) => processors.includes(word));
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu'))
      ? ['glibc']
      : [];
  if (os.length === 0 && cpu.length === 0)
    throw new Error(`${name}: its platform cannot be told from its name`);
  return {
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(libc.length > 0 ? { libc } : {}),
    ...(os.length > 0 ? { os } : {}),
  };
}
