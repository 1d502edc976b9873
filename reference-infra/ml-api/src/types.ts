/** The seams between the service and what stands beside it: where models come from, where predictions and spans go. */

/** A value as JSON has it; whole numbers beyond 2^53 are bigints. */
export type CellValue = string | number | bigint | boolean | null;
/** A cell may hold an array (an image, an embedding), nested by its dimensions. */
export type Cell = CellValue | readonly Cell[];

/** Values of some rows, row by row: as requests mostly come, so that logging one makes nothing anew. */
export interface Cells {
  /** The same array for requests of the same columns, wherever it can be. */
  readonly names: readonly string[];
  /** Each in the order of the names. */
  readonly rows: readonly (readonly Cell[])[];
}

/** One prediction request that was answered with success. */
export interface PredictionEntry {
  /** When it was answered. */
  readonly time: Date;
  /** 32 hexadecimal digits, as in `traceparent`. */
  readonly traceId: string;
  readonly requestId: string;
  readonly model: string;
  readonly version: string;
  /** The route's pattern: `/predict`, `/v2/models/:name/infer`. */
  readonly route: string;
  readonly latencyMs: number;
  readonly rows: number;
  /** By column, or by input of the model. */
  readonly inputs: Cells;
  /** By output of the model. */
  readonly outputs: Cells;
}

/** Where predictions are written. It never slows or fails a prediction. */
export interface PredictionLog {
  /** Drawn anew for each request: whether it is kept. Asked first, so that what is not kept is not put together. */
  wanted(): boolean;
  /** Never throws, never waits: what there is no room for is dropped and counted. */
  record(entry: PredictionEntry): void;
  /** Writes what waits; gives up by itself after a bounded time. Never rejects. */
  close(): Promise<void>;
  /** Rows of entries that were dropped so far: no room, or their store failed. */
  readonly dropped: number;
}

/** One input of a model's signature, in order. */
export interface SignatureColumn {
  /** Null: a tensor signature of one unnamed input. */
  readonly name: string | null;
  /** MLflow's or numpy's name of the type: `double`, `long`, `float32`, `string`, … */
  readonly type: string;
}

/** Files of one version of a model, complete and readable. */
export interface LoadedFiles {
  /** The .onnx file; its external data lie beside it. */
  readonly modelPath: string;
  readonly name: string;
  readonly version: string;
  /** `sha256:<hex>` of the model's files. */
  readonly digest: string;
  /** From the MLmodel file; null when there is none, or it has no signature. */
  readonly signature: readonly SignatureColumn[] | null;
}

/** Where the model comes from: a file, or a registry by alias. */
export interface ModelSource {
  /** For messages: `model.onnx`, `models:/fraud@champion`. */
  readonly description: string;
  /** True: a model that cannot be served is worth waiting, since another one may take its place at any time. */
  readonly follows: boolean;
  /** @throws ConfigError or RunError with one sentence that says what is wrong. */
  load(): Promise<LoadedFiles>;
  /**
   * Calls back when there is another model, with its files in place until the call settles; a rejected call means that
   * the old model goes on, and the same version is offered again only when it has changed. Problems of the source
   * itself are logged, told to the observer and tried again. Returns how to stop.
   */
  watch(onChange: (next: LoadedFiles) => Promise<void>, observer?: SourceObserver): () => void;
}

/** Who is told how it stands with the model that is wanted: the logs say it once, an alert must see it for as long as it lasts. */
export interface SourceObserver {
  /** Another model is wanted, and an attempt to get its files has failed. */
  failed(): void;
  /** Whether the model that goes on is the one that is wanted; false also when the source cannot say which one that is. */
  upToDate(is: boolean): void;
}

export const nobody: SourceObserver = { failed: () => {}, upToDate: () => {} };

/** As much of a logger as is needed here; Fastify's (pino) is one. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** Another span that belongs together with one, without being above it. */
export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
}

export interface RequestSpan {
  /** Of the request's `traceparent`, or new: 32 and 16 hexadecimal digits. */
  readonly traceId: string;
  readonly spanId: string;
  /** The span will be found where traces are kept: then its trace id is worth an exemplar in the latency histogram. */
  readonly sampled: boolean;
  setAttributes(attributes: SpanAttributes): void;
  /**
   * A part of the request: `parse`, `queue`, `inference`. Times are those of performance.now(). An attribute `error.type`
   * says that the part failed; the links are the other requests that shared it, as in a batch.
   */
  addPart(
    name: string,
    startMs: number,
    endMs: number,
    attributes?: SpanAttributes,
    links?: readonly SpanLink[],
  ): void;
  /** Must be called once; the route is the pattern, so that names stay few, or null when none was found. */
  end(result: { readonly route: string | null; readonly status: number }): void;
}

/** Traces of requests. Without an endpoint it only reads and makes ids. */
export interface Tracing {
  startRequest(request: {
    readonly method: string;
    /** Path without the query. */
    readonly path: string;
    readonly traceparent: string | undefined;
    readonly tracestate: string | undefined;
  }): RequestSpan;
  /** Sends what waits; gives up by itself after a bounded time. Never rejects. */
  shutdown(): Promise<void>;
}
