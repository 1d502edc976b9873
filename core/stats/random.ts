import { logFactorial } from './distributions.ts';

/**
 * The random numbers of every bootstrap and simulation: sfc32, Chris Doty-Humphrey's "small fast counting" generator
 * (PractRand 0.94, sfc.h: 32-bit words, rotations 9/3/21). It passes PractRand beyond 2^40 bytes, its period is at
 * least 2^32, and it needs additions and shifts only, which is what an engine with 32-bit integers does best.
 * Same seed and stream, same numbers, on every machine.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;
  #spareNormal = Number.NaN;

  /** `seed`: any finite number; `stream` tells apart several generators of one seed. */
  constructor(seed: number, stream = 0) {
    const low = seed >>> 0;
    const high = Math.floor(seed / 4294967296) >>> 0;
    this.#a = low | 0;
    this.#b = high | 0;
    this.#c = stream | 0;
    this.#counter = 1;
    // As in sfc.h, twelve and more rounds mix the seed into all words.
    for (let i = 0; i < 20; i++) {
      this.next();
    }
  }

  /** A uniform 32-bit word, 0 to 2^32 - 1. */
  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** In [0, 1), with 53 bits. */
  uniform(): number {
    const high = this.next() >>> 5;
    const low = this.next() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** A whole number in [0, n), n below 2^32; no number is more likely than another by more than n / 2^32. */
  below(n: number): number {
    return Math.floor((this.next() * n) / 4294967296);
  }

  /** Standard normal, by Marsaglia's polar method (1964). */
  normal(): number {
    if (!Number.isNaN(this.#spareNormal)) {
      const spare = this.#spareNormal;
      this.#spareNormal = Number.NaN;
      return spare;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const factor = Math.sqrt((-2 * Math.log(s)) / s);
        this.#spareNormal = v * factor;
        return u * factor;
      }
    }
  }

  /**
   * One bootstrap sample of `counts.length` rows: how often each row was drawn. A byte is enough: that one row of n
   * is drawn 256 times has a probability below 1e-500.
   */
  resample(counts: Uint8Array): void {
    counts.fill(0);
    const n = counts.length;
    const scale = n / 4294967296;
    let a = this.#a;
    let b = this.#b;
    let c = this.#c;
    let counter = this.#counter;
    for (let i = 0; i < n; i++) {
      const sum = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + sum) | 0;
      const row = ((sum >>> 0) * scale) | 0;
      counts[row] = (counts[row] as number) + 1;
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#counter = counter;
  }

  /**
   * Binomial(n, p): inversion below an expected count of 10, else Hörmann's BTRS (1993, "The generation of binomial
   * random variates", J. Stat. Comput. Simul. 46), exact in both cases.
   */
  binomial(n: number, p: number): number {
    if (n <= 0 || p <= 0) {
      return 0;
    }
    if (p >= 1) {
      return n;
    }
    return p > 0.5 ? n - this.#smallBinomial(n, 1 - p) : this.#smallBinomial(n, p);
  }

  #smallBinomial(n: number, p: number): number {
    if (n * p < 10) {
      return this.#binomialByInversion(n, p);
    }
    const spread = Math.sqrt(n * p * (1 - p));
    const b = 1.15 + 2.53 * spread;
    const a = -0.0873 + 0.0248 * b + 0.01 * p;
    const c = n * p + 0.5;
    const vr = 0.92 - 4.2 / b;
    const alpha = (2.83 + 5.1 / b) * spread;
    const odds = p / (1 - p);
    const mode = Math.floor((n + 1) * p);
    for (;;) {
      const u = this.uniform() - 0.5;
      let v = this.uniform();
      const us = 0.5 - Math.abs(u);
      const k = Math.floor(((2 * a) / us + b) * u + c);
      if (us >= 0.07 && v <= vr) {
        return k;
      }
      if (k < 0 || k > n) {
        continue;
      }
      v = Math.log((v * alpha) / (a / (us * us) + b));
      const upper = logGammaTail(mode, n) - logGammaTail(k, n) + (k - mode) * Math.log(odds);
      if (v <= upper) {
        return k;
      }
    }
  }

  #binomialByInversion(n: number, p: number): number {
    const odds = p / (1 - p);
    for (;;) {
      let term = Math.exp(n * Math.log1p(-p));
      let u = this.uniform();
      let k = 0;
      while (u > term && k <= n) {
        u -= term;
        k++;
        term *= ((n - k + 1) / k) * odds;
      }
      if (k <= n) {
        return k;
      }
    }
  }

  /**
   * One bootstrap sample over cells: multinomial(total, counts / total) by conditional binomials.
   * `counts` are whole numbers that add up to `total`.
   */
  multinomial(counts: Float64Array, total: number, out: Float64Array): void {
    let rowsLeft = total;
    let massLeft = total;
    for (let i = 0; i < counts.length; i++) {
      const mass = counts[i] as number;
      const drawn =
        rowsLeft <= 0 ? 0 : mass >= massLeft ? rowsLeft : this.binomial(rowsLeft, mass / massLeft);
      out[i] = drawn;
      rowsLeft -= drawn;
      massLeft -= mass;
    }
  }
}

function logGammaTail(k: number, n: number): number {
  return logFactorial(k) + logFactorial(n - k);
}
