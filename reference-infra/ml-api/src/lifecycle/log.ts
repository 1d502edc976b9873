/** The service's log: one JSON object a line. */

import { type Logger, pino } from 'pino';
import type { LogLevel } from '../config/config.ts';

/** Levels by name and times that people can read; never bodies, headers or addresses with passwords. */
export function createLog(level: LogLevel): Logger {
  return pino({
    level,
    base: { service: 'ml-api' },
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
  });
}
