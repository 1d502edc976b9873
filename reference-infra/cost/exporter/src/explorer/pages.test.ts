import { expect, test } from 'vitest';
import { allPages } from './pages.ts';

interface Page {
  readonly id: number;
  readonly next?: string;
}

function asking(pages: Readonly<Record<string, Page>>) {
  const asked: string[] = [];
  const ask = async (token = 'first'): Promise<Page> => {
    asked.push(token);
    return pages[token] ?? { id: -1 };
  };
  return { asked, ask };
}
const nextOf = ({ next }: Page) => next;

test('each page is asked for once, by the token of the one before', async () => {
  const { asked, ask } = asking({
    first: { id: 1, next: 'a' },
    a: { id: 2, next: 'b' },
    b: { id: 3, next: '' },
  });
  expect((await allPages(ask, nextOf, 5)).map(({ id }) => id)).toEqual([1, 2, 3]);
  expect(asked).toEqual(['first', 'a', 'b']);
});

test('a circle ends as soon as a token comes again', async () => {
  const { asked, ask } = asking({
    first: { id: 1, next: 'a' },
    a: { id: 2, next: 'b' },
    b: { id: 3, next: 'a' },
  });
  await expect(allPages(ask, nextOf, 100)).rejects.toThrow('go round in a circle');
  expect(asked).toHaveLength(3);
});

test('an answer without an end costs no more than the bound, and gives nothing', async () => {
  let asked = 0;
  const ask = async (): Promise<Page> => {
    asked += 1;
    return { id: asked, next: String(asked) };
  };
  await expect(allPages(ask, nextOf, 4)).rejects.toThrow('more than 4 pages');
  expect(asked).toBe(4);
});
