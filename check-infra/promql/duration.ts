/** Durations as Prometheus writes them. */

const units: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** `1h30m`, or a number of seconds; null: it is none. */
export function secondsIn(text: string): number | null {
  const plain = text.trim();
  if (/^\d+(?:\.\d+)?$/.test(plain)) return Number(plain);
  if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(plain)) return null;
  return [...plain.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? 0),
    0,
  );
}
