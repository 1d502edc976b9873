/** The current model, and its exchange for another one while requests come in. */

import { messageOf } from '../message-of.ts';
import type { LoadedFiles, Logger, ModelSource } from '../types.ts';
import type { ServedModel } from './served-model.ts';

export interface ModelHostOptions {
  readonly source: ModelSource;
  readonly open: (files: LoadedFiles) => Promise<ServedModel>;
  readonly log: Logger;
  /** Called when a model is current, at first and after each exchange. */
  readonly onCurrent: (model: ServedModel) => void;
  /** Called for each attempt to exchange the model. */
  readonly onReload: (result: 'success' | 'failure') => void;
  /** Called again and again, while there is a model: whether it is the one that is wanted. */
  readonly onUpToDate: (model: string, is: boolean) => void;
}

export class ModelHost {
  readonly #options: ModelHostOptions;
  #current: ServedModel | null = null;
  #stopWatching: (() => void) | null = null;
  #opening: Promise<ServedModel> | null = null;
  /** Old models that still answer what they had taken. */
  readonly #closing = new Map<ServedModel, Promise<void>>();

  constructor(options: ModelHostOptions) {
    this.#options = options;
  }

  get current(): ServedModel | null {
    return this.#current;
  }

  /** Whether ONNX Runtime is at work: a process that ends by itself meanwhile is aborted by it. */
  get busy(): boolean {
    const models = [...this.#closing.keys(), this.#current];
    return this.#opening !== null || models.some((model) => model?.busy === true);
  }

  /** @throws ConfigError or RunError when there is no model that can be served, and none can be waited for. */
  async start(): Promise<void> {
    const { source, log, onReload, onUpToDate } = this.#options;
    const files = await source.load();
    try {
      this.#become(await this.#open(files));
    } catch (error) {
      if (!source.follows) throw error;
      const { name: model, version, digest } = files;
      log.error(
        { model, version, digest, reason: messageOf(error) },
        `the model cannot be served; waiting until ${source.description} names another one`,
      );
    }
    this.#stopWatching = source.watch((next) => this.#replace(next), {
      failed: () => onReload('failure'),
      // Without a model there is none that could be the right one.
      upToDate: (is) => this.#current !== null && onUpToDate(this.#current.name, is),
    });
  }

  /** Stops watching and ends when all that was taken has been answered. */
  async close(): Promise<void> {
    this.#stopWatching?.();
    // A model that is being loaded cannot be stopped, only awaited.
    const opened = await this.#opening?.catch(() => null);
    const models = new Set([opened, this.#current]);
    await Promise.all([...this.#closing.values(), ...[...models].map((model) => model?.close())]);
  }

  async #open(files: LoadedFiles): Promise<ServedModel> {
    this.#opening = this.#options.open(files);
    try {
      return await this.#opening;
    } finally {
      this.#opening = null;
    }
  }

  /** The next model is loaded beside the current one; requests go to one or the other, never to none. */
  async #replace(files: LoadedFiles): Promise<void> {
    const { log, onReload } = this.#options;
    const fields = { model: files.name, version: files.version, digest: files.digest };
    let next: ServedModel;
    try {
      next = await this.#open(files);
    } catch (error) {
      onReload('failure');
      const reason = error instanceof Error ? error.message : String(error);
      log.error({ ...fields, reason }, 'the new model cannot be served; the old one stays');
      throw error;
    }
    const old = this.#current;
    this.#become(next);
    onReload('success');
    if (old === null) return;
    const closing: Promise<void> = old
      .close()
      .then(() => log.info({ model: old.name, version: old.version }, 'the old model has been released'))
      .catch((error: unknown) => log.warn({ reason: String(error) }, 'the old model was not released'))
      .finally(() => this.#closing.delete(old));
    this.#closing.set(old, closing);
  }

  #become(model: ServedModel): void {
    this.#current = model;
    this.#options.onCurrent(model);
    this.#options.onUpToDate(model.name, true);
    const { name, version, digest, description, layout, warmUpProblem } = model;
    this.#options.log.info(
      {
        model: name,
        version,
        digest,
        inputs: description.inputs.map((input) => input.name),
        outputs: description.outputs.map((output) => output.name),
        columns: layout.named ? (layout.features?.length ?? null) : null,
        ...(description.unreadable.length > 0 ? { unreadable: description.unreadable } : {}),
      },
      'the model is loaded',
    );
    if (warmUpProblem !== null)
      this.#options.log.info(
        { model: name, version, reason: warmUpProblem },
        'the model takes no zeros: not warmed up',
      );
  }
}
