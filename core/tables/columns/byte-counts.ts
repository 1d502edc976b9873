/** Counting texts by their bytes: no string is made of a text that was seen before. */

const firstSlots = 256;

export class ByteCounts {
  /** Texts beyond the most that are told apart. */
  rest = 0;
  private readonly most: number;
  private size = 0;
  /** One more than the place of the text; 0: free. Open addressing, at most half full. */
  private slots = new Int32Array(firstSlots);
  private hashes = new Int32Array(firstSlots / 2);
  /** Where the bytes of each text end in `bytes`. */
  private ends = new Int32Array(firstSlots / 2);
  private counts = new Float64Array(firstSlots / 2);
  private bytes = Buffer.alloc(4096);

  constructor(most: number) {
    this.most = most;
  }

  /** @param bytes of valid UTF-8 */
  add(bytes: Uint8Array, start: number, end: number): void {
    // FNV-1a
    let hash = -2128831035;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), 16777619);
    const mask = this.slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const place = (this.slots[slot] as number) - 1;
      if (place < 0) break;
      if (this.hashes[place] === hash && this.isEqual(place, bytes, start, end)) {
        this.counts[place] = (this.counts[place] as number) + 1;
        return;
      }
      slot = (slot + 1) & mask;
    }
    if (this.size === this.most) this.rest += 1;
    else this.insert(slot, hash, bytes, start, end);
  }

  /** In the order in which they came. */
  *entries(): Generator<[text: string, count: number]> {
    for (let place = 0; place < this.size; place += 1) {
      const text = this.bytes.toString('utf8', this.startOf(place), this.ends[place]);
      yield [text, this.counts[place] as number];
    }
  }

  private startOf(place: number): number {
    return place === 0 ? 0 : (this.ends[place - 1] as number);
  }

  private isEqual(place: number, bytes: Uint8Array, start: number, end: number): boolean {
    let own = this.startOf(place);
    if ((this.ends[place] as number) - own !== end - start) return false;
    for (let at = start; at < end; at += 1, own += 1) if (this.bytes[own] !== bytes[at]) return false;
    return true;
  }

  private insert(slot: number, hash: number, bytes: Uint8Array, start: number, end: number): void {
    const place = this.size;
    const from = this.startOf(place);
    const to = from + end - start;
    if (to > this.bytes.length) {
      const larger = Buffer.alloc(Math.max(2 * this.bytes.length, to));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(bytes.subarray(start, end), from);
    this.hashes[place] = hash;
    this.ends[place] = to;
    this.counts[place] = 1;
    this.size += 1;
    this.slots[slot] = this.size;
    if (this.size === this.hashes.length) this.grow();
  }

  private grow(): void {
    const hashes = new Int32Array(2 * this.size);
    const ends = new Int32Array(2 * this.size);
    const counts = new Float64Array(2 * this.size);
    hashes.set(this.hashes);
    ends.set(this.ends);
    counts.set(this.counts);
    [this.hashes, this.ends, this.counts] = [hashes, ends, counts];
    this.slots = new Int32Array(4 * this.size);
    const mask = this.slots.length - 1;
    for (let place = 0; place < this.size; place += 1) {
      const hash = hashes[place] as number;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = place + 1;
    }
  }
}
