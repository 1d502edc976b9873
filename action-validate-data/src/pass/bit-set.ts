/** A set of row numbers, a bit each: 10,000,000 rows take 1.25 MB. */
export class BitSet {
  private words: Uint32Array<ArrayBuffer> = new Uint32Array(32);
  size = 0;

  add(index: number): void {
    const word = index >>> 5;
    if (word >= this.words.length) this.grow(word);
    const bit = 1 << (index & 31);
    const held = this.words[word] as number;
    if ((held & bit) !== 0) return;
    this.words[word] = held | bit;
    this.size += 1;
  }

  has(index: number): boolean {
    return (((this.words[index >>> 5] ?? 0) >>> (index & 31)) & 1) === 1;
  }

  private grow(word: number): void {
    const grown = new Uint32Array(Math.max(word + 1, this.words.length * 2));
    grown.set(this.words);
    this.words = grown;
  }
}
