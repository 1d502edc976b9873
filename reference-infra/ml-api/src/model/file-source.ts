/** A model on the file system: an .onnx file, or a folder that MLflow wrote. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { RunError } from '../../../../core/inputs/errors.ts';
import { readMlmodel } from '../../../../core/models/mlflow-directory.ts';
import { readOnnxFile } from '../../../../core/models/onnx-file.ts';
import { type LoadedFiles, type Logger, type ModelSource, nobody } from '../types.ts';

export interface FileSourceOptions {
  readonly path: string;
  /** Null: the name of the file or folder. */
  readonly name: string | null;
  /** Null: the first digits of the digest, so that another model is another version. */
  readonly version: string | null;
  /** How often the file is looked at; 0: never. */
  readonly pollSeconds: number;
  readonly log: Logger;
}

export function fileSource(options: FileSourceOptions): ModelSource {
  const load = (): Promise<LoadedFiles> => loadFiles(options);
  return {
    description: options.path,
    follows: false,
    load,
    watch(onChange, observer = nobody) {
      if (options.pollSeconds <= 0) return () => {};
      let seen = stampOf(options.path);
      let busy = false;
      const look = async (): Promise<void> => {
        const stamp = stampOf(options.path);
        if (busy || stamp === seen || stamp === null) return;
        busy = true;
        let loaded = false;
        try {
          const next = await load();
          loaded = true;
          // A file that is still being written would be read half: it must be the same before and after.
          if (stampOf(options.path) !== stamp) return;
          seen = stamp;
          await onChange(next);
          observer.upToDate(true);
        } catch (error) {
          seen = stamp;
          // One that was loaded has been counted by whoever refused it.
          if (!loaded) observer.failed();
          observer.upToDate(false);
          const reason = error instanceof Error ? error.message : String(error);
          options.log.warn({ path: options.path, reason }, 'the model file has changed and was not taken');
        } finally {
          busy = false;
        }
      };
      const timer = setInterval(() => void look(), options.pollSeconds * 1000);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}

async function loadFiles({ path, name, version }: FileSourceOptions): Promise<LoadedFiles> {
  const folder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (folder && !existsSync(join(path, 'MLmodel')))
    throw new RunError(
      `Model folder ${path} has no MLmodel file: give an .onnx file or a folder that MLflow wrote.`,
    );
  const mlflow = folder
    ? readMlmodel(readFileSync(join(path, 'MLmodel'), 'utf8'), path)
    : siblingMlmodel(path);
  const modelPath = folder ? join(path, mlflow?.data ?? 'model.onnx') : path;
  const { files } = await readOnnxFile(modelPath);
  const digest = files[0]?.sha256 ?? '';
  return {
    modelPath,
    name: name ?? basename(path).replace(/\.onnx$/, ''),
    version: version ?? digest.slice(0, 12),
    digest: `sha256:${digest}`,
    signature: mlflow?.signature ?? null,
  };
}

/** An .onnx file that lies in a folder that MLflow wrote has its signature there. */
function siblingMlmodel(path: string): ReturnType<typeof readMlmodel> | null {
  const manifest = join(dirname(path), 'MLmodel');
  if (!existsSync(manifest)) return null;
  const model = readMlmodel(readFileSync(manifest, 'utf8'), dirname(path));
  return basename(path) === basename(model.data) ? model : null;
}

/** Changes whenever the file does, also when a link now leads elsewhere, as in a mounted ConfigMap. */
function stampOf(path: string): string | null {
  try {
    const stat = statSync(path);
    const inner = stat.isDirectory() ? statSync(join(path, 'MLmodel')) : stat;
    return `${stat.ino} ${inner.ino} ${inner.mtimeMs} ${inner.size}`;
  } catch {
    return null;
  }
}
