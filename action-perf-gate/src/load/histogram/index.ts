/** Histograms of latencies that other tools read and that add up. */

export { decode, encode } from './encoding.ts';
export { Histogram, histogramOf } from './histogram.ts';
export { histogramLog, type LogEntry } from './log.ts';
