/** What a container has written, and as much of it as was asked for. */

export interface LogQuery {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  /** Null: all lines. */
  readonly tailLines: number | null;
  readonly sinceSeconds: number | null;
  /** ISO 8601. */
  readonly sinceTime: string | null;
  readonly limitBytes: number | null;
}

interface Line {
  readonly at: Date;
  readonly text: string;
}

/** The log of one life of a container. */
export class ContainerLog {
  readonly #lines: Line[] = [];
  readonly #readers = new Set<() => void>();
  #ended = false;

  write(lines: readonly string[]): void {
    for (const text of lines) this.#lines.push({ at: new Date(), text });
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** What has been written; with `follow`, and then what comes, until the container ends. */
  async *read(query: LogQuery, signal: AbortSignal): AsyncGenerator<string> {
    let next = this.#first(query);
    let bytes = query.limitBytes ?? Number.POSITIVE_INFINITY;
    for (;;) {
      for (; next < this.#lines.length; next++) {
        const line = this.#lines[next];
        if (line === undefined) continue;
        const text = query.timestamps ? `${line.at.toISOString()} ${line.text}\n` : `${line.text}\n`;
        const cut = Buffer.from(text).subarray(0, bytes).toString('utf8');
        bytes -= Buffer.byteLength(text);
        yield cut;
        if (bytes <= 0) return;
      }
      if (!query.follow || this.#ended || signal.aborted) return;
      await this.#more(signal);
    }
  }

  #first({ tailLines, sinceSeconds, sinceTime }: LogQuery): number {
    const since = sinceTime === null ? Number.NEGATIVE_INFINITY : Date.parse(sinceTime);
    const from = sinceSeconds === null ? since : Date.now() - sinceSeconds * 1000;
    const first = this.#lines.findIndex(({ at }) => at.getTime() >= from);
    const start = first === -1 ? this.#lines.length : first;
    return tailLines === null ? start : Math.max(start, this.#lines.length - tailLines);
  }

  #more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#readers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#readers.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  #wake(): void {
    for (const wake of [...this.#readers]) wake();
  }
}
