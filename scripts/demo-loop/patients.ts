/**
 * Patients of two hospitals, made up: measurements of tumours around the means and deviations that the Breast Cancer
 * Wisconsin data have for each class, and their diagnoses. The same seed gives the same patients.
 */

import { Random } from '../../core/stats/index.ts';

/** In the order of the model. */
export const features = [
  'mean_radius',
  'mean_texture',
  'mean_perimeter',
  'mean_area',
  'mean_smoothness',
  'mean_compactness',
  'mean_concavity',
  'mean_concave_points',
] as const;

export type Measured = Readonly<Record<(typeof features)[number], number>>;

export interface Patient {
  readonly id: string;
  readonly site: 'north' | 'south';
  /** `2026-01-31 08:00:00` */
  readonly measuredAt: string;
  readonly measured: Measured;
  readonly diagnosis: 'benign' | 'malignant';
}

export interface Ward {
  readonly count: number;
  readonly seed: number;
  /** Of the first patient; ids have four digits. */
  readonly firstId: number;
  /** Of the first measurement; one comes every ten minutes. */
  readonly from: Date;
  /** A new scanner and another stain: texture is read higher, and everything that is a length smaller. */
  readonly newDevice: boolean;
}

interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/** Mean and deviation in the 357 benign and 212 malignant cases of the data, and the share of the latter. */
const classes: Readonly<Record<Patient['diagnosis'], Readonly<Record<string, Spread>>>> = {
  benign: {
    radius: { mean: 12.15, deviation: 1.78 },
    texture: { mean: 17.91, deviation: 4.0 },
    smoothness: { mean: 0.0925, deviation: 0.0134 },
    compactness: { mean: 0.0801, deviation: 0.0337 },
    concavity: { mean: 0.0461, deviation: 0.0434 },
    points: { mean: 0.0257, deviation: 0.0159 },
  },
  malignant: {
    radius: { mean: 17.46, deviation: 3.2 },
    texture: { mean: 21.6, deviation: 3.78 },
    smoothness: { mean: 0.1029, deviation: 0.0126 },
    compactness: { mean: 0.1452, deviation: 0.054 },
    concavity: { mean: 0.1608, deviation: 0.075 },
    points: { mean: 0.088, deviation: 0.0344 },
  },
};
const malignantShare = 0.37;
const everyMs = 10 * 60_000;

export function makePatients({ count, seed, firstId, from, newDevice }: Ward): Patient[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, index) => {
    const diagnosis = random.uniform() < malignantShare ? 'malignant' : 'benign';
    const measured = measure(diagnosis, random);
    return {
      id: `P${String(firstId + index).padStart(4, '0')}`,
      site: random.uniform() < 1 / 3 ? 'south' : 'north',
      measuredAt: new Date(from.getTime() + index * everyMs).toISOString().slice(0, 19).replace('T', ' '),
      measured: newDevice ? asNewDeviceReads(measured) : measured,
      diagnosis,
    };
  });
}

function measure(diagnosis: Patient['diagnosis'], random: Random): Measured {
  const of = classes[diagnosis];
  const draw = (name: string, at = random.normal()): number => {
    const { mean, deviation } = of[name] ?? { mean: 0, deviation: 0 };
    return Math.max(mean + deviation * at, mean / 10);
  };
  // Large tumours are irregular ones within a class, too: eight columns say little more than three.
  const stage = random.normal();
  const with_ = (share: number): number => share * stage + Math.sqrt(1 - share ** 2) * random.normal();
  const radius = draw('radius', with_(0.7));
  return {
    mean_radius: rounded(radius, 2),
    mean_texture: rounded(draw('texture', with_(0.3)), 2),
    mean_perimeter: rounded(radius * (6.5 + 0.12 * random.normal()), 1),
    mean_area: rounded(Math.PI * radius ** 2 * (0.99 + 0.01 * random.normal()), 1),
    mean_smoothness: rounded(draw('smoothness'), 5),
    mean_compactness: rounded(draw('compactness', with_(0.8)), 5),
    mean_concavity: rounded(draw('concavity', with_(0.9)), 5),
    mean_concave_points: rounded(draw('points', with_(0.8)), 5),
  };
}

function asNewDeviceReads(measured: Measured): Measured {
  const length = 0.74;
  return {
    ...measured,
    mean_radius: rounded(measured.mean_radius * length, 2),
    mean_texture: rounded(measured.mean_texture + 6, 2),
    mean_perimeter: rounded(measured.mean_perimeter * length, 1),
    mean_area: rounded(measured.mean_area * length ** 2, 1),
    mean_concave_points: rounded(measured.mean_concave_points * 0.5, 5),
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** One file of a hospital, as the pipeline of `cancer` reads it. */
export function measurementsCsv(patients: readonly Patient[]): string {
  const lines = patients.map(({ id, site, measuredAt, measured }) =>
    [id, site, measuredAt, ...features.map((name) => measured[name])].join(','),
  );
  return `${[['id', 'site', 'measured_at', ...features].join(','), ...lines].join('\n')}\n`;
}

export function diagnosesJsonl(patients: readonly Patient[]): string {
  return patients.map(({ id, diagnosis }) => `${JSON.stringify({ id, diagnosis })}\n`).join('');
}

/** Rows to train on that never went through the pipeline; of every third patient the diagnosis is wrong. */
export function wrongExportCsv(patients: readonly Patient[]): string {
  const lines = patients.map(({ id, measured, diagnosis }, index) => {
    const isBenign = (diagnosis === 'benign') !== (index % 3 === 0);
    return [id, ...features.map((name) => measured[name]), isBenign ? 1 : 0].join(',');
  });
  return `${[['id', ...features, 'label'].join(','), ...lines].join('\n')}\n`;
}
