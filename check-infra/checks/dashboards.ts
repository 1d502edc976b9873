/** Dashboards as Grafana's provisioning reads them: what it cannot, it leaves out, and says so in its log alone. */

import { isObject, listAt } from '../../core/kubernetes/index.ts';
import type { Check, ParsedFile } from '../infra.ts';
import { named, type Problem } from './objects.ts';

export const notJson: Check = {
  name: 'dashboard-not-json',
  refuses: 'a dashboard with comments or a comma too many: Grafana leaves the file out',
  run: ({ dashboards }) => named('dashboard-not-json', dashboards.flatMap(unreadable)),
};

function unreadable({ place, text }: ParsedFile): Problem[] {
  try {
    JSON.parse(text);
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\s+/g, ' ') : '';
    const comment = text
      .split('\n')
      .findIndex((line) => /^\s*(?:\/\/|\/\*|#)/.test(line) || /[,{[]\s*\/\//.test(line));
    const message =
      comment >= 0
        ? `line ${comment + 1} is a comment, and JSON has none: Grafana leaves the dashboard out`
        : `it is no JSON (${reason}): Grafana leaves the dashboard out`;
    const mend =
      comment >= 0 ? 'take comments out; a panel has a `description`' : 'mend it, or export it anew';
    return [{ place, message, mend }];
  }
}

export const wrapped: Check = {
  name: 'dashboard-wrapped',
  refuses: '`{"dashboard": …}`, which is for the API: a file that is provisioned is the dashboard itself',
  run: ({ dashboards }) =>
    named(
      'dashboard-wrapped',
      dashboards
        .filter(({ value }) => isObject(value.dashboard) && !('panels' in value || 'rows' in value))
        .map(({ place }) => ({
          place,
          message:
            'the dashboard stands within `{"dashboard": …}`, as the API takes it: from a file Grafana reads one without title and panels',
          mend: 'keep what is within `dashboard`, and take the rest away',
        })),
    ),
};

export const sameUid: Check = {
  name: 'dashboard-uid-twice',
  refuses: 'two dashboards of one uid: each takes the place of the other, again and again',
  run: ({ dashboards }) => {
    // Each overlay has a Grafana of its own, and may show the same dashboards a little differently.
    const byRelease = Map.groupBy(dashboards, ({ release }) => release ?? null);
    const byUid = [...byRelease.values()].flatMap((own) => [
      ...Map.groupBy(own, ({ value }) => (typeof value.uid === 'string' ? value.uid : '')),
    ]);
    return named(
      'dashboard-uid-twice',
      byUid.flatMap(([uid, [first, ...others]]) =>
        uid === '' || first === undefined || others.length === 0
          ? []
          : [
              {
                place: others.map(({ place }) => place).join(', '),
                message: `the uid ${uid} is that of ${first.place}, too: Grafana shows one of them, now this, now that`,
                mend: 'give each a uid of its own',
              },
            ],
      ),
    );
  },
};

export const overlappingPanels: Check = {
  name: 'dashboard-panels-overlap',
  refuses: 'panels that lie over each other, or stand beyond the 24 columns',
  run: ({ dashboards }) => named('dashboard-panels-overlap', dashboards.flatMap(overlapsIn)),
};

interface Box {
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

function overlapsIn({ place, value }: ParsedFile): Problem[] {
  const boxes = listAt(value, 'panels').flatMap((panel): Box[] => {
    if (!isObject(panel) || !isObject(panel.gridPos)) return [];
    const { x, y, w, h } = panel.gridPos;
    if (typeof x !== 'number' || typeof y !== 'number' || typeof w !== 'number' || typeof h !== 'number')
      return [];
    return [{ title: String(panel.title ?? panel.type ?? ''), x, y, w, h }];
  });
  const mend = 'Grafana has 24 columns: `x` and `w` together are no more, and no cell is two panels’';
  const wide = boxes
    .filter(({ x, w }) => x < 0 || x + w > 24)
    .map(({ title, x, w }) => ({ place, message: `the panel ${title} ends at column ${x + w}`, mend }));
  const over = boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .filter((b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h)
      .map((b) => ({ place, message: `the panels ${a.title} and ${b.title} lie over each other`, mend })),
  );
  return [...wide, ...over];
}
