/**
 * A sample of numbers that depends on the rows alone, not on which thread saw them: of all rows those with the
 * smallest draws (bottom-k sampling, Cohen and Kaplan 2007).
 */

const size = 1024;

export class NumberSample {
  private values: Float64Array<ArrayBuffer> = new Float64Array(64);
  private draws: Float64Array<ArrayBuffer> = new Float64Array(64);
  private held = 0;
  /** Rows with a higher draw cannot be in the sample any more. */
  private limit = Number.POSITIVE_INFINITY;

  add(value: number, draw: number): void {
    if (draw > this.limit) return;
    if (this.held === this.values.length) this.makeRoom();
    if (draw > this.limit) return;
    this.values[this.held] = value;
    this.draws[this.held] = draw;
    this.held += 1;
  }

  merge(other: SampleState): void {
    for (let i = 0; i < other.values.length; i += 1) {
      this.add(other.values[i] as number, other.draws[i] as number);
    }
    this.limit = Math.min(this.limit, other.limit);
  }

  state(): SampleState {
    return {
      values: this.values.slice(0, this.held),
      draws: this.draws.slice(0, this.held),
      limit: this.limit,
    };
  }

  /** The sampled values; all values where there were no more than the sample holds. */
  read(): { values: Float64Array; complete: boolean } {
    this.cut();
    return { values: this.values.subarray(0, this.held), complete: this.limit === Number.POSITIVE_INFINITY };
  }

  private makeRoom(): void {
    if (this.held >= 2 * size) this.cut();
    else {
      const [values, draws] = [new Float64Array(this.held * 2), new Float64Array(this.held * 2)];
      values.set(this.values);
      draws.set(this.draws);
      this.values = values;
      this.draws = draws;
    }
  }

  private cut(): void {
    const order = Array.from({ length: this.held }, (_, index) => index)
      .filter((index) => (this.draws[index] as number) <= this.limit)
      .sort((a, b) => (this.draws[a] as number) - (this.draws[b] as number));
    const kept = order.slice(0, size);
    const values = Float64Array.from(kept, (index) => this.values[index] as number);
    const draws = Float64Array.from(kept, (index) => this.draws[index] as number);
    this.values.set(values);
    this.draws.set(draws);
    this.held = kept.length;
    if (order.length > size) this.limit = draws[size - 1] as number;
  }
}

/** As it crosses threads. */
export interface SampleState {
  readonly values: Float64Array;
  readonly draws: Float64Array;
  readonly limit: number;
}
