import { describe, expect, test } from 'vitest';
import {
  diagnosesJsonl,
  features,
  makePatients,
  measurementsCsv,
  type Patient,
  wrongExportCsv,
} from './patients.ts';

const ward = { count: 4_000, seed: 3, firstId: 10, from: new Date('2026-01-01T08:00:00Z'), newDevice: false };
const patients = makePatients(ward);
const mean = (all: readonly Patient[], name: (typeof features)[number]): number =>
  all.reduce((sum, { measured }) => sum + measured[name], 0) / all.length;
const of = (diagnosis: Patient['diagnosis']): Patient[] =>
  patients.filter((patient) => patient.diagnosis === diagnosis);

describe('patients', () => {
  test('of one seed are always the same, of another they are others', () => {
    expect(makePatients(ward)).toEqual(patients);
    expect(makePatients({ ...ward, seed: 4 })[0]?.measured).not.toEqual(patients[0]?.measured);
  });

  test('have the means of the Wisconsin data in each class', () => {
    // 1,500 rows and more a class: the error of a mean of radii is below 0.08.
    expect(mean(of('benign'), 'mean_radius')).toBeCloseTo(12.15, 0);
    expect(mean(of('malignant'), 'mean_radius')).toBeCloseTo(17.46, 0);
    expect(of('malignant').length / patients.length).toBeCloseTo(0.37, 1);
    for (const { measured } of patients)
      for (const name of features) expect(measured[name]).toBeGreaterThan(0);
  });

  test('on a new device are the same patients, read otherwise', () => {
    const other = makePatients({ ...ward, newDevice: true });
    expect(other.map(({ id, diagnosis }) => [id, diagnosis])).toEqual(
      patients.map(({ id, diagnosis }) => [id, diagnosis]),
    );
    expect(mean(other, 'mean_texture') - mean(patients, 'mean_texture')).toBeCloseTo(6, 6);
    expect(mean(other, 'mean_radius') / mean(patients, 'mean_radius')).toBeCloseTo(0.74, 3);
  });

  test('are measured every ten minutes, and have ids of four digits', () => {
    expect(patients.slice(0, 2).map(({ id, measuredAt }) => [id, measuredAt])).toEqual([
      ['P0010', '2026-01-01 08:00:00'],
      ['P0011', '2026-01-01 08:10:00'],
    ]);
  });
});

describe('files', () => {
  test('are those that the pipeline reads', () => {
    const [header, first] = measurementsCsv(patients).split('\n');
    expect(header).toBe(`id,site,measured_at,${features.join(',')}`);
    expect(first).toMatch(/^P0010,(north|south),2026-01-01 08:00:00(,[\d.]+){8}$/);
    expect(JSON.parse(diagnosesJsonl(patients).split('\n')[0] ?? '')).toEqual({
      id: 'P0010',
      diagnosis: patients[0]?.diagnosis,
    });
  });

  test('the wrong export has the wrong diagnosis for every third patient', () => {
    const labels = wrongExportCsv(patients)
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').at(-1));
    const wrong = patients.filter(
      ({ diagnosis }, i) => labels[i] !== (diagnosis === 'benign' ? '1' : '0'),
    ).length;
    expect(wrong).toBe(Math.ceil(4_000 / 3));
  });
});
