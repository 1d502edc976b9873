/** What every page of a report must be, on any screen. */

import { expect } from 'vitest';
import type { Tab, View } from './chromium.ts';
import { type Inspection, inspect } from './inspect-page.ts';

/** Nothing sticks out of the window, is too small or too faint, and the browser complains of nothing. */
export async function expectReadable(tab: Tab, page: string, view: View): Promise<void> {
  await tab.show(page, view);
  const seen = await tab.evaluate<Inspection>(inspect);
  expect(seen.texts).toBeGreaterThan(20);
  expect([seen.overflow, seen.weak, seen.small, seen.outside]).toEqual([0, [], [], []]);
  expect(tab.complaints()).toEqual([]);
}
