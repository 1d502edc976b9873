import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Random } from '../../../../core/stats/index.ts';
import { ensureTool } from '../../../../scripts/tools/cache.ts';
import { runProcess } from '../../../../scripts/tools/process.ts';
import { histogramLog, histogramOf } from './index.ts';

const version = '0.10.3';

/** Reads a log from standard input, and tells of each histogram its quantiles in us. */
const reader = `
import json, sys
from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader
with open('log.hlog', 'w') as file: file.write(sys.argv[1])
log = HistogramLogReader('log.hlog', HdrHistogram(1, 60_000_000, 3))
told = []
while (histogram := log.get_next_interval_histogram()) is not None:
    told.append([histogram.get_tag(), histogram.get_total_count()]
        + [histogram.get_value_at_percentile(p) for p in (50, 95, 99, 99.9, 100)])
print(json.dumps(told))
`;

test('hdrhistogram reads a log as it was meant', async () => {
  const { directory } = await ensureTool({
    name: 'hdrhistogram',
    version,
    requires: { python3: 'Python 3, https://www.python.org' },
    install: async (folder) => {
      await runProcess('python3', ['-m', 'venv', folder]);
      const pip = [
        '-m',
        'pip',
        'install',
        '--disable-pip-version-check',
        '--quiet',
        `hdrhistogram==${version}`,
      ];
      const { code, stderr } = await runProcess(join(folder, 'bin/python'), pip);
      if (code !== 0) throw new Error(stderr);
    },
  });
  const random = new Random(3);
  const histograms = [5, 300, 20_000].map((median) =>
    histogramOf(Array.from({ length: 4000 }, () => median * Math.exp(0.7 * random.normal()))),
  );
  const log = histogramLog(
    new Date(),
    'three intervals',
    histograms.map((histogram, i) => ({ tag: `t${i}`, startSeconds: i, lengthSeconds: 1, histogram })),
  );
  const { stdout, stderr } = await runProcess(join(directory, 'bin/python'), ['-c', reader, log], {
    cwd: directory,
  });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual(
    histograms.map((histogram, i) => [
      `t${i}`,
      4000,
      ...[0.5, 0.95, 0.99, 0.999, 1].map((quantile) => Math.round(histogram.quantile(quantile) * 1000)),
    ]),
  );
});
