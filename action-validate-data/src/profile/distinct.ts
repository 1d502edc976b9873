/**
 * Counts different values by their hashes: exactly while they are few (up to the collisions of 32 bits, one in a
 * thousand runs at the limit), then as HyperLogLog with 4,096 registers, standard error 1.04 / 64 = 1.6%
 * (Flajolet et al. 2007).
 */

const registerBits = 12;
export const registerCount = 1 << registerBits;
const exactLimit = 2048;

export class DistinctCounter {
  /** Open addressing; 0 marks an empty slot, and stands for itself in `hasZero`. */
  private slots: Int32Array<ArrayBuffer> = new Int32Array(16);
  private used = 0;
  private hasZero = false;
  private registers: Uint8Array<ArrayBuffer> | null = null;

  add(hash: number): void {
    if (this.registers !== null) addTo(this.registers, hash);
    else if (hash === 0) this.hasZero = true;
    else this.addExactly(hash);
  }

  merge(other: DistinctState): void {
    if (other.hasZero) this.add(0);
    if (other.registers === null) {
      for (const hash of other.slots) if (hash !== 0) this.add(hash);
      return;
    }
    const registers = this.toRegisters();
    for (let i = 0; i < registerCount; i += 1) {
      registers[i] = Math.max(registers[i] as number, other.registers[i] as number);
    }
  }

  state(): DistinctState {
    return { slots: this.slots, hasZero: this.hasZero, registers: this.registers };
  }

  count(): { count: number; exact: boolean } {
    if (this.registers === null) return { count: this.used + (this.hasZero ? 1 : 0), exact: true };
    return { count: Math.round(estimateDistinct(this.registers, 2 ** 32)), exact: false };
  }

  private addExactly(hash: number): void {
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const held = this.slots[slot] as number;
      if (held === hash) return;
      if (held === 0) break;
      slot = (slot + 1) & mask;
    }
    this.slots[slot] = hash;
    this.used += 1;
    if (this.used > exactLimit) this.toRegisters();
    else if (this.used * 2 > this.slots.length) this.grow();
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Int32Array(old.length * 2);
    this.used = 0;
    for (const hash of old) if (hash !== 0) this.addExactly(hash);
  }

  private toRegisters(): Uint8Array {
    if (this.registers !== null) return this.registers;
    const registers = new Uint8Array(registerCount);
    for (const hash of this.slots) if (hash !== 0) addTo(registers, hash);
    if (this.hasZero) addTo(registers, 0);
    this.registers = registers;
    this.slots = new Int32Array(0);
    return registers;
  }
}

/** As it crosses threads. */
export interface DistinctState {
  readonly slots: Int32Array;
  readonly hasZero: boolean;
  readonly registers: Uint8Array | null;
}

function addTo(registers: Uint8Array, hash: number): void {
  const register = hash >>> (32 - registerBits);
  const rank = Math.clz32((hash << registerBits) | (1 << (registerBits - 1))) + 1;
  if (rank > (registers[register] as number)) registers[register] = rank;
}

/** From the highest rank (first 1 of the bits that follow, from 1) of each register, and the number of hashes. */
export function estimateDistinct(registers: Uint8Array, hashes: number): number {
  let sum = 0;
  let zeros = 0;
  for (const rank of registers) {
    sum += 2 ** -rank;
    if (rank === 0) zeros += 1;
  }
  const alpha = 0.7213 / (1 + 1.079 / registerCount);
  const raw = (alpha * registerCount * registerCount) / sum;
  if (raw <= 2.5 * registerCount && zeros > 0) return registerCount * Math.log(registerCount / zeros);
  // Near as many different values as there are hashes, these collide.
  return raw > hashes / 30 ? -hashes * Math.log(1 - raw / hashes) : raw;
}
