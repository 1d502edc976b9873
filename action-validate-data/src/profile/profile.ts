/** The profile of all columns, as one thread collects it and as the main thread puts the parts together. */

import { profileLimit } from '../types.ts';
import { ColumnAccumulator, type ColumnState } from './column.ts';

export class Profile {
  private readonly columns = new Map<string, ColumnAccumulator>();
  /** Names beyond the limit, as far as they are counted. */
  private readonly beyond = new Set<string>();

  /** Null for a column beyond the limit: its cells are judged, but not described. */
  column(name: string): ColumnAccumulator | null {
    const known = this.columns.get(name);
    if (known !== undefined) return known;
    if (this.columns.size >= profileLimit) {
      if (this.beyond.size < 100_000) this.beyond.add(name);
      return null;
    }
    const column = new ColumnAccumulator();
    this.columns.set(name, column);
    return column;
  }

  get columnsLeft(): number {
    return this.beyond.size;
  }

  names(): string[] {
    return [...this.columns.keys()];
  }

  state(): (readonly [string, ColumnState])[] {
    return Array.from(this.columns, ([name, column]) => [name, column.state()] as const);
  }
}
