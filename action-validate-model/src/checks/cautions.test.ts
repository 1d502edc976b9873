import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { buildResult, serializeResult } from '../../../core/gate/index.ts';
import { modelCatalogue } from '../../../core/metrics/index.ts';
import { fixtureCases, runModelGate } from '../../../test/support/run-model-gate.ts';

const folder = mkdtempSync(join(tmpdir(), 'cautions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, rows: number, classes = ['no', 'yes']): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const label = classes[row % classes.length];
    return `${label},${row === 0 ? classes[1] : label}`;
  });
  const path = join(folder, name);
  writeFileSync(path, `label,prediction\n${lines.join('\n')}\n`);
  return path;
}

/** The document of a run on that file. */
async function documentOf(path: string): Promise<string> {
  const measured = await runModelGate({ 'predictions-path': path, thresholds: 'accuracy >= 0.1' });
  const result = buildResult({
    ...measured,
    action: 'validate-model',
    id: '',
    catalogue: modelCatalogue,
    startedAt: new Date(0),
    finishedAt: new Date(1),
    commit: null,
    run: null,
  });
  const written = `${path}.json`;
  writeFileSync(written, serializeResult(result).text);
  return written;
}

describe('a green that says little says so', () => {
  test.each([
    ['two rows', 2, 'accuracy >= 0.4', /^2 rows of data are few \(min-slice-size 30\): add `at 95%`/],
    ['a bound that all models clear', 40, 'accuracy >= 0', /^`accuracy >= 0` holds for every model/],
    ['the same from above', 40, 'ece <= 1', /^`ece <= 1` holds for every model/],
    [
      'the same from both sides',
      40,
      'accuracy between 0 and 1',
      /^`accuracy between 0 and 1` holds for every model/,
    ],
  ])('%s', async (_, rows, thresholds, notice) => {
    const path = file(`few-${rows}.csv`, rows);
    const run = await runModelGate({ 'predictions-path': path, thresholds, 'positive-class': 'yes' });
    expect(run.notices).toEqual([expect.stringMatching(notice)]);
  });

  test.each([
    ['enough rows', 30, 'accuracy >= 0.4'],
    ['few rows judged by the interval', 10, 'accuracy >= 0.4 at 95%'],
    ['a bound that a model can miss', 40, 'accuracy > 0'],
  ])('%s: nothing to say', async (_, rows, thresholds) => {
    const path = file(`fine-${rows}.csv`, rows);
    const run = await runModelGate({ 'predictions-path': path, thresholds, 'positive-class': 'yes' });
    expect(run.notices).toEqual([]);
  });
});

describe('a result document as the baseline', () => {
  const thresholds = 'accuracy >= baseline - 0.5';

  test('of other data is told with both names', async () => {
    const baseline = await documentOf(file('old.csv', 50));
    const path = file('new.csv', 60);
    const run = await runModelGate({
      'predictions-path': path,
      'baseline-path': baseline,
      thresholds,
      'positive-class': 'yes',
    });
    expect(run.notices).toEqual([
      expect.stringMatching(
        /^the baseline document was made on other data: `old\.csv` \(sha256 [0-9a-f]{12}…\), this run on `new\.csv` \([0-9a-f]{12}…\)/,
      ),
    ]);
  });

  test('of the same data is not', async () => {
    const path = file('same.csv', 50);
    const run = await runModelGate({
      'predictions-path': path,
      'baseline-path': await documentOf(path),
      thresholds,
      'positive-class': 'yes',
    });
    expect(run.notices).toEqual([]);
  });

  test('with other classes is told', async () => {
    const baseline = await documentOf(file('animals.csv', 50, ['cat', 'dog', 'eel']));
    const run = await runModelGate({
      'predictions-path': file('answers.csv', 50),
      'baseline-path': baseline,
      thresholds,
      'positive-class': 'yes',
    });
    expect(run.notices).toContainEqual(
      'the baseline document speaks of the classes `cat`, `dog`, `eel`, this run of `no`, `yes`',
    );
  });
});

test('a predictions file may be its own baseline', async () => {
  const path = file('twice.csv', 50);
  const run = await runModelGate({ 'predictions-path': path, 'baseline-path': path });
  const names = buildResult({
    ...run,
    configuration: [...run.subject, ...run.subject],
    action: 'validate-model',
    id: '',
    catalogue: modelCatalogue,
    startedAt: new Date(0),
    finishedAt: new Date(1),
    commit: null,
    run: null,
  });
  expect(serializeResult(names).text).toContain('twice.csv');
});

test('a text of a thousand characters is no class', async () => {
  const path = join(folder, 'essay.csv');
  writeFileSync(path, `label,prediction\na,b\n${'x'.repeat(1001)},a\n`);
  await expect(runModelGate({ 'predictions-path': path })).rejects.toThrow(
    /a text of 1,001 characters is not the name of a class or a slice: "x{40}"…; is the column the right one\?$/,
  );
});

test.each([
  [{}, /nothing is judged: a regression model \(read so from the labels; set `task` if it is another\)/],
  [{ 'min-accuracy': '0.9' }, /min-accuracy: regression has no accuracy \(read so from the labels/],
])(
  'labels with many whole numbers are read as a regression, and an error says so: %j',
  async (given, says) => {
    const path = join(folder, 'numbers.csv');
    writeFileSync(
      path,
      `label,prediction\n${Array.from({ length: 50 }, (_, i) => `${i},${i}`).join('\n')}\n`,
    );
    await expect(runModelGate({ 'predictions-path': path, ...given })).rejects.toThrow(says);
  },
);

describe('features fed by position', () => {
  const noticesOf = async (name: string, baseline?: string): Promise<readonly string[]> => {
    const given = { ...fixtureCases.find((each) => each.name === name)?.with };
    if (baseline !== undefined) given['baseline-path'] = baseline;
    return (await runModelGate({ ...given, thresholds: 'accuracy > 0' })).notices;
  };

  test('are told, once for candidate and baseline', async () => {
    expect(await noticesOf('logistic-binary', 'logistic-binary/model.onnx')).toContain(
      'features are fed by position, in file order: mean_radius, mean_texture, mean_perimeter, mean_area, ' +
        'mean_smoothness, mean_compactness, mean_concavity, mean_concave_points (set feature-columns to be sure)',
    );
    const all = await noticesOf('logistic-binary', 'logistic-binary/model.onnx');
    expect(all.filter((notice) => notice.includes('fed by position'))).toHaveLength(1);
  });

  test('are not told where feature-columns names them', async () => {
    expect((await noticesOf('pair')).join()).not.toContain('fed by position');
  });
});
