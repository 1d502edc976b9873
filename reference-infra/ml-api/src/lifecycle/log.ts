/** The service's log: one JSON object a line. */

import { destination, type Logger, pino } from 'pino';
import type { LogLevel } from '../config/config.ts';

/** Levels by name and times that people can read; never bodies, headers or addresses with passwords. */
export function createLog(level: LogLevel): Logger {
  const options = {
    level,
    base: { service: 'ml-api' },
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  // In order, and never lost at the end; a reader that is too slow does not make the memory grow.
  return pino(options, destination({ fd: 1, sync: true }));
}
