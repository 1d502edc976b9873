import { describe, expect, test } from 'vitest';
import { obstacles, remarks } from './comparable.ts';
import { current, load, storedRun } from './testing.ts';

const { environment } = current;

test('like and like may be compared', () => {
  expect(obstacles(storedRun(), current)).toEqual([]);
});

describe('what differs is named with both values', () => {
  test.each([
    [
      { environment: { ...environment, cpu: 'Intel Xeon 8370C' } },
      'the processor was Intel Xeon 8370C, and is AMD EPYC 7763',
    ],
    [{ environment: { ...environment, cores: 2 } }, 'the number of cores was 2, and is 4'],
    [{ environment: { ...environment, architecture: 'arm64' } }, 'the architecture was arm64, and is x64'],
    [{ environment: { ...environment, node: '22.1.0' } }, 'Node was 22, and is 24'],
    [{ load: { ...load, arrivals: 'constant' } }, 'the shape of arrivals was constant, and is poisson'],
    [
      {
        load: {
          ...load,
          stages: [
            { per_second: 10, seconds: 30 },
            { per_second: 20, seconds: 30 },
          ],
        },
      },
      'the load was 10/s for 30 s, 20/s for 30 s, and is 50/s for 60 s',
    ],
    [{ load: { ...load, warmup_seconds: 0 } }, 'the warm-up was 0 s, and is 5 s'],
    [{ load: { ...load, connections: 8 } }, '`connections` was 8, and is auto'],
    [{ load: { ...load, timeout: 500 } }, 'the timeout was 500 ms, and is 10000 ms'],
    [{ load: { ...load, expect: ['status == 200'] } }, '`expect` was status == 200, and is status < 400'],
    [{ load: { ...load, digest: 'sha256:cd' } }, 'other requests were sent'],
    [{ estimates: { engine: 0, metrics: {} } }, 'the version of the generator was 0, and is 1'],
    [{ wasDuet: true }, 'in the earlier run a second service was under load beside it'],
    [{ void: 'the generator was late' }, 'the earlier run was void: the generator was late'],
  ] as const)('%#', (parts, sentence) => {
    expect(obstacles(storedRun(parts), current)).toEqual([sentence]);
  });
});

test('a minor version of Node and another seed forbid nothing; the seed is to be borne in mind', () => {
  const stored = storedRun({ environment: { ...environment, node: '24.0.0' }, load: { ...load, seed: 7 } });
  expect(obstacles(stored, current)).toEqual([]);
  expect(remarks(stored, current).join()).toMatch(/^the seed differs/);
  expect(remarks(storedRun(), current)).toEqual([]);
});
