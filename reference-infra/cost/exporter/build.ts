/**
 * Builds `dist/index.js`: the exporter with what it uses of the repository's core. Packages of npm stay outside, in
 * node_modules: AWS's SDK loads its providers of credentials on demand. What the bundle imports must be a dependency of
 * package.json, so that `npm ci --omit=dev` has it.
 *
 *   node build.ts [folder]
 */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const folder = import.meta.dirname;
const out = resolve(process.argv[2] ?? join(folder, 'dist'));
const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
};

/** Our own modules do nothing when they are imported: whatever is not used of them can be left out. */
const withoutSideEffects: Plugin = {
  name: 'without-side-effects',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) =>
      kind === 'import-statement' ? { path: join(resolveDir, path), sideEffects: false } : undefined,
    );
  },
};

const { metafile } = await build({
  entryPoints: { index: join(folder, 'src/index.ts') },
  outdir: out,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node24',
  sourcemap: 'linked',
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
  plugins: [withoutSideEffects],
});

for (const [file, { bytes, imports }] of Object.entries(metafile.outputs)) {
  if (!file.endsWith('.js')) continue;
  const packages = imports
    .filter(({ external, path }) => external === true && !path.startsWith('node:'))
    .map(({ path }) => path.split('/', path.startsWith('@') ? 2 : 1).join('/'));
  const missing = packages.filter((name) => !(name in dependencies));
  if (missing.length > 0)
    throw new Error(`${file} imports ${missing.join(', ')}: not among the dependencies`);
  console.log(`${file}: ${(bytes / 1000).toFixed(0)} kB, with ${[...new Set(packages)].sort().join(', ')}`);
}
