/**
 * Redirects the two requests for native files to where they were found. A bundle cannot hold native files, so that
 * DuckDB's JavaScript asks for `ml-gates:duckdb` (an external of the build), and ONNX Runtime's for a path relative to
 * itself, which is right in its package and wrong in a bundle.
 */

import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { PartName } from './platform.ts';

const found = new Map<PartName, string>();
let installed = false;

const onnxRuntimeRequest = /^\.\.\/bin\/napi-v6\/[^/]+\/[^/]+\/onnxruntime_binding\.node$/;
const duckdbRequest = /^(ml-gates:duckdb|@duckdb\/node-bindings-[^/]+\/duckdb\.node)$/;

/** Sends requests for the part to `file` from now on. */
export function redirectTo(part: PartName, file: string): void {
  found.set(part, pathToFileURL(file).href);
  if (installed) return;
  installed = true;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const url = partOf(specifier);
      return url === undefined ? nextResolve(specifier, context) : { url, shortCircuit: true };
    },
  });
}

function partOf(specifier: string): string | undefined {
  if (onnxRuntimeRequest.test(specifier)) return found.get('onnxruntime');
  if (duckdbRequest.test(specifier)) return found.get('duckdb');
  return undefined;
}
