/** Puts panels on Grafana's grid of 24 columns: lines from left to right, sections one below the other. */

import type { Panel, Placed, Row } from './grafana-types.ts';

export const columns = 24;

export interface Line {
  readonly height: number;
  /** Each with its width; together no more than 24. */
  readonly panels: readonly (readonly [width: number, panel: Panel])[];
}

export interface Section {
  /** Null: no heading, for what is seen first. */
  readonly title: string | null;
  readonly lines: readonly Line[];
}

export function place(sections: readonly Section[]): Placed[] {
  const placed: Placed[] = [];
  let y = 0;
  for (const { title, lines } of sections) {
    if (title !== null) {
      placed.push(heading(title, placed.length + 1, y));
      y += 1;
    }
    for (const { height, panels } of lines) {
      let x = 0;
      for (const [width, panel] of panels) {
        placed.push({ id: placed.length + 1, ...panel, gridPos: { x, y, w: width, h: height } });
        x += width;
      }
      if (x > columns) throw new Error(`a line of ${title ?? 'the first section'} is ${x} columns wide`);
      y += height;
    }
  }
  return placed;
}

function heading(title: string, id: number, y: number): Row {
  return { id, type: 'row', title, collapsed: false, gridPos: { x: 0, y, w: columns, h: 1 }, panels: [] };
}
