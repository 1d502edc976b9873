/** When requests are sent: rate or stages, arrivals, duration, warm-up. */

import { convert } from '../../../core/gate/index.ts';
import { type InputReader, parseDuration, quote } from '../../../core/inputs/index.ts';

export interface Stage {
  readonly ratePerSecond: number;
  readonly durationMs: number;
}

export interface LoadPlan {
  readonly stages: readonly Stage[];
  readonly arrivals: 'poisson' | 'constant';
  /** Before the stages, at the rate of the first; its requests are not counted. */
  readonly warmupMs: number;
  /** Of the stages together. */
  readonly durationMs: number;
}

export const usualRate = '50/s';
const usualDuration = 30;
const usualWarmup = 5;

/** 38 bytes each: beyond these the columns would not fit into a runner's memory beside a service. */
const mostArrivals = 5_000_000;
const highestRate = 100_000;
const shortest = 1;
const longest = 6 * 3600;
const longestWarmup = 3600;

export function readPlan(reader: InputReader): LoadPlan {
  const warmup = seconds(reader, 'warmup', usualWarmup, 0, longestWarmup);
  const duration = seconds(reader, 'duration', usualDuration, shortest, longest);
  const rate = readRateInput(reader);
  const staged = readStages(reader);
  const arrivals = reader.choice('arrivals', ['poisson', 'constant'], 'poisson');
  const stages = staged.length > 0 ? staged : [{ ratePerSecond: rate, durationMs: duration * 1000 }];
  const durationMs = stages.reduce((sum, stage) => sum + stage.durationMs, 0);
  const plan = { stages, arrivals, warmupMs: warmup * 1000, durationMs };
  const input = staged.length > 0 ? 'stages' : 'rate';
  const expected = arrivalsOf(plan);
  if (expected > mostArrivals) {
    reader.add({
      input,
      message: `${Math.round(expected).toLocaleString('en-US')} requests are too many for one run`,
      allowed: `up to ${mostArrivals.toLocaleString('en-US')}: a shorter duration, or a lower rate`,
    });
  } else if (expected < 1) {
    reader.add({
      input,
      message: 'not one request would be sent in the whole run',
      allowed: 'a longer duration, or a higher rate',
    });
  }
  return plan;
}

/** How many requests are expected to be sent and counted. */
function arrivalsOf({ stages }: LoadPlan): number {
  return stages.reduce((sum, { ratePerSecond, durationMs }) => sum + (ratePerSecond * durationMs) / 1000, 0);
}

function seconds(reader: InputReader, name: string, usual: number, low: number, high: number): number {
  const value = reader.duration(name, usual);
  if (value >= low && value <= high) return value;
  reader.add({
    input: name,
    message: `${quote(reader.text(name))} is out of range`,
    allowed: `times from ${low}s to ${high / 3600}h`,
  });
  return usual;
}

function readRateInput(reader: InputReader): number {
  const text = reader.text('rate', usualRate);
  const reading = parseRate(text);
  if (reading.ok) return reading.perSecond;
  const guess = parseRate(`${text}/s`).ok ? { nearest: `${text}/s` } : {};
  reader.add({ input: 'rate', message: reading.message, allowed: rateHelp, ...guess });
  return 50;
}

const rateHelp = `50/s, 3000/m or 7200/h, above 0 and up to ${highestRate.toLocaleString('en-US')}/s`;

type RateReading =
  | { readonly ok: true; readonly perSecond: number }
  | { readonly ok: false; readonly message: string };

export function parseRate(text: string): RateReading {
  const match = /^(\d+(?:\.\d+)?|\.\d+)\s*\/\s*([a-z]+)$/i.exec(text);
  const per = { s: 1, m: 60, min: 60, h: 3600 }[match?.[2]?.toLowerCase() ?? ''];
  if (match === null || per === undefined) {
    return { ok: false, message: `${quote(text)} is not a rate` };
  }
  const perSecond = Number(match[1]) / per;
  if (perSecond > 0 && perSecond <= highestRate) return { ok: true, perSecond };
  return { ok: false, message: `the rate ${quote(text)} is out of range` };
}

/** `100/s for 30s`, one a line, in their order. */
function readStages(reader: InputReader): readonly Stage[] {
  const lines = reader.lines('stages').filter((line) => !line.startsWith('#'));
  if (lines.length === 0) return [];
  if (reader.text('rate', usualRate) !== usualRate) {
    reader.add({
      input: 'stages',
      message: 'excludes `rate`: each stage has its own',
      allowed: 'one of both',
    });
  }
  return lines.flatMap((line, index): Stage[] => {
    const [rateText = '', durationText = '', ...more] = line.split(/\s+for\s+/);
    const wrong = (message: string): Stage[] => {
      reader.add({
        input: 'stages',
        message: `line ${index + 1}: ${message}`,
        allowed: '`100/s for 30s`, one a line',
      });
      return [];
    };
    if (durationText === '' || more.length > 0) return wrong(`${quote(line)} is not a stage`);
    const rate = parseRate(rateText.trim());
    if (!rate.ok) return wrong(rate.message);
    const time = parseDuration(durationText.trim(), 'stages');
    if (!time.ok) return wrong(time.message);
    if (!(time.value >= shortest && time.value <= longest)) {
      return wrong(`a stage of ${durationText.trim()} is out of range`);
    }
    return [{ ratePerSecond: rate.perSecond, durationMs: time.value * 1000 }];
  });
}

/** A time that may be shorter than a second: `500ms`. */
export function readTimeout(reader: InputReader): number {
  const text = reader.text('timeout', '10s');
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text);
  const reading = convert(match?.[1] ?? '', match?.[2] ?? '', 'milliseconds', 'timeout');
  if (match !== null && reading.ok && reading.value >= 1 && reading.value <= 600_000) return reading.value;
  reader.add({
    input: 'timeout',
    message: `${quote(text)} is not a time to wait for a response`,
    allowed: 'times from 1ms to 10m',
  });
  return 10_000;
}
