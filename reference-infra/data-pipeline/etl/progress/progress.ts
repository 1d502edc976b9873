/** How far a run is: one line that is drawn over in a terminal, a line every few seconds elsewhere. */

export interface ProgressTarget {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface ProgressOptions {
  readonly target: ProgressTarget;
  /** Milliseconds, from any start. */
  readonly now: () => number;
  /** Neither colours nor drawing over: `NO_COLOR` is set, or the terminal is `dumb`. */
  readonly plain: boolean;
  /** Nothing but notes. */
  readonly quiet?: boolean;
}

const drawEveryMs = 100;
const lineEveryMs = 5_000;
const barWidth = 20;

export class Progress {
  private readonly options: ProgressOptions;
  private readonly draws: boolean;
  private step = '';
  private number = 0;
  private steps = 0;
  private rows = 0;
  private total: number | null = null;
  private began = 0;
  private last = 0;
  /** Whether a bar stands on the last line of the terminal. */
  private drawn = false;

  constructor(options: ProgressOptions) {
    this.options = options;
    this.draws = options.target.isTTY === true && !options.plain;
  }

  /** The run has so many steps. */
  plan(steps: number): void {
    this.steps = steps;
  }

  /** @param total rows of the step where they are known, for a bar */
  begin(step: string, total: number | null = null): void {
    this.step = step;
    this.number += 1;
    this.rows = 0;
    this.total = total;
    this.began = this.options.now();
    this.last = this.began;
    if (this.draws) this.draw();
  }

  add(rows: number): void {
    this.rows += rows;
    this.tick();
  }

  /** To be called now and then while nothing else is known. */
  tick(): void {
    const now = this.options.now();
    if (now - this.last < (this.draws ? drawEveryMs : lineEveryMs)) return;
    this.last = now;
    if (this.draws) this.draw();
    else this.line(this.text());
  }

  end(said: string): void {
    const seconds = (this.options.now() - this.began) / 1000;
    this.line(`${this.heading()} ${this.step}: ${said} (${seconds.toFixed(1)} s)`);
  }

  /** A line that stays, above the bar. */
  note(text: string): void {
    this.clear();
    this.options.target.write(`${text}\n`);
  }

  /** Takes the bar away, so that what follows, such as an error, stands on a line of its own. */
  clear(): void {
    if (!this.drawn) return;
    this.options.target.write('\r\x1b[2K');
    this.drawn = false;
  }

  private line(text: string): void {
    if (this.options.quiet !== true) this.note(text);
  }

  private heading(): string {
    return `[${this.number}/${Math.max(this.steps, this.number)}]`;
  }

  private text(): string {
    const seconds = (this.options.now() - this.began) / 1000;
    const rate = seconds > 0 && this.rows > 0 ? `, ${count(this.rows / seconds)} rows/s` : '';
    const of = this.total === null ? '' : ` of ${count(this.total)}`;
    const rows = this.rows > 0 ? ` ${count(this.rows)}${of} rows${rate}` : ` ${seconds.toFixed(0)} s`;
    return `${this.heading()} ${this.step}:${rows}`;
  }

  private draw(): void {
    if (this.options.quiet === true) return;
    const share = this.total === null || this.total === 0 ? null : Math.min(1, this.rows / this.total);
    const full = share === null ? 0 : Math.round(share * barWidth);
    const bar = share === null ? '' : ` \x1b[36m${'█'.repeat(full)}${'░'.repeat(barWidth - full)}\x1b[0m`;
    const width = Math.max(20, (this.options.target.columns ?? 80) - 1);
    const text = this.text().slice(0, share === null ? width : Math.max(1, width - barWidth - 1));
    this.options.target.write(`\r\x1b[2K${text}${bar}`);
    this.drawn = true;
  }
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}
