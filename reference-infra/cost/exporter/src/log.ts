/** One JSON object a line on standard output. */

export const logLevels = ['info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];
export type Log = (
  level: LogLevel,
  message: string,
  fields?: Readonly<Record<string, string | number>>,
) => void;

export function createLog(least: LogLevel, now: () => number, write: (line: string) => void): Log {
  return (level, message, fields = {}) => {
    if (logLevels.indexOf(level) < logLevels.indexOf(least)) return;
    const time = new Date(now()).toISOString();
    write(`${JSON.stringify({ level, time, service: 'cost-exporter', ...fields, message })}\n`);
  };
}
