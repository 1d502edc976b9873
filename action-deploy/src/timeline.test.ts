import { expect, test } from 'vitest';
import { createTimeline } from './timeline.ts';

function collect() {
  const lines: string[] = [];
  const log = {
    info: (line: string) => void lines.push(line),
    notice: () => {},
    warning: () => {
      throw new Error('a warning of the job');
    },
    debug: () => {},
  };
  const clock = () => new Date('2026-01-05T09:00:30Z');
  return { lines, timeline: createTimeline(log, clock) };
}

test('events stand in the log as they come, and in the order of their times afterwards', () => {
  const { lines, timeline } = collect();
  timeline.tell({ kind: 'step', subject: 'service web', text: 'told to run web:4' });
  timeline.tell({ at: '2026-01-05T09:00:10.5Z', kind: 'failure', subject: 'task 1f', text: 'stopped' });
  timeline.tell({ at: '2026-01-05T09:00:30Z', kind: 'warning', subject: '', text: 'slow' });
  expect(lines).toEqual(['=> service web: told to run web:4', ' x task 1f: stopped', ' ! slow']);
  expect(timeline.events().map(({ text }) => text)).toEqual(['stopped', 'told to run web:4', 'slow']);
});

test('a rollout that tells without end has a bound in the report, and none in the log', () => {
  const { lines, timeline } = collect();
  for (let i = 0; i < 700; i++) timeline.tell({ kind: 'progress', subject: '', text: `event ${i}` });
  expect(lines).toHaveLength(700);
  const texts = timeline.events().map(({ text }) => text);
  expect(texts).toHaveLength(501);
  expect(texts.slice(199, 202)).toEqual(['event 199', '200 more events stand in the log', 'event 400']);
  // How it ended is what matters most.
  expect(texts.at(-1)).toBe('event 699');
});
