/** Which npm package carries the native files of a part for a platform, and what they are called inside it. */

import { RunError } from '../inputs/errors.ts';
import { type Pin, pins } from './pins.ts';

export type PartName = 'onnxruntime' | 'duckdb';

export interface Platform {
  /** As Node says it: `linux`, `darwin`, `win32`. */
  readonly os: string;
  /** As Node says it: `x64`, `arm64`. */
  readonly arch: string;
  /** Linux with musl instead of glibc (Alpine). */
  readonly musl: boolean;
}

/** The native files of one part for one platform, and the package that they come from. */
export interface NativePart {
  readonly name: PartName;
  /** For messages: `ONNX Runtime`. */
  readonly title: string;
  /** npm package. */
  readonly package: string;
  readonly version: string;
  /** `sha512-<base64>` of the package's tarball; null: not pinned, so that it may be used but not fetched. */
  readonly integrity: string | null;
  /** Folder of the files inside the package; empty: at its root. */
  readonly folder: string;
  /** Folder of the files below `bin/` beside a bundle. */
  readonly vendored: string;
  /** The file that Node loads; the shared libraries stand beside it. */
  readonly entry: string;
}

/** The platform of this process. musl is told by the absence of a glibc version in Node's diagnostic report. */
export function thisPlatform(): Platform {
  return { os: process.platform, arch: process.arch, musl: process.platform === 'linux' && !hasGlibc() };
}

function hasGlibc(): boolean {
  const report: unknown = process.report?.getReport();
  if (typeof report !== 'object' || report === null || !('header' in report)) return true;
  const header: unknown = report.header;
  return typeof header === 'object' && header !== null && 'glibcVersionRuntime' in header;
}

/** @throws RunError when the part is not made for the platform. */
export function nativePart(name: PartName, platform: Platform): NativePart {
  const suffix = `${platform.os}-${platform.arch}${platform.musl ? '-musl' : ''}`;
  if (name === 'duckdb') {
    const packageName = `@duckdb/node-bindings-${suffix}`;
    return {
      name,
      title: 'DuckDB',
      package: packageName,
      ...pinOf(packageName, 'DuckDB', suffix),
      folder: '',
      vendored: `duckdb/${suffix}`,
      entry: 'duckdb.node',
    };
  }
  if (platform.musl) {
    throw new RunError(
      `ONNX Runtime has no build for Linux with musl (Alpine): run this job on a runner or in a container image with glibc, ` +
        'such as ubuntu-latest or a Debian image.',
    );
  }
  const platforms = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];
  if (!platforms.includes(suffix)) {
    throw new RunError(`ONNX Runtime has no build for ${suffix}; it has ${platforms.join(', ')}.`);
  }
  const folder = `bin/napi-v6/${platform.os}/${platform.arch}`;
  return {
    name,
    title: 'ONNX Runtime',
    package: 'onnxruntime-node',
    ...pinOf('onnxruntime-node', 'ONNX Runtime', suffix),
    folder,
    vendored: folder.slice('bin/'.length),
    entry: 'onnxruntime_binding.node',
  };
}

function pinOf(packageName: string, title: string, suffix: string): Pin {
  const pin = pins[packageName];
  if (pin === undefined) {
    const known = Object.keys(pins)
      .filter((name) => name.startsWith('@duckdb/node-bindings-'))
      .map((name) => name.slice('@duckdb/node-bindings-'.length));
    throw new RunError(`${title} has no build for ${suffix}; it has ${known.join(', ')}.`);
  }
  return pin;
}
