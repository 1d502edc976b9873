/**
 * For each format an expression that plainly valid texts match, so that the engine sorts those out by itself; the
 * rest is judged one by one. Sound: what matches is of the format (a test holds them to the judge). Not complete.
 */

import type { FormatName } from './patterns.ts';

const name = '[a-z0-9]{1,60}(?:-[a-z0-9]{1,2})?';
const names = `${name}(?:\\.${name}){0,3}`;
/** All but the 29th of February, which not every year has. */
const day =
  '[0-9]{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)';
const clock =
  '(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])';
const byte = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';

/** In a syntax that RE2 and JavaScript read alike; null: every text is judged. */
export const surelyOfFormat: Readonly<Record<FormatName, string | null>> = {
  email: `^[A-Za-z0-9_+-]+(?:\\.[A-Za-z0-9_+-]+)*@${name}(?:\\.${name}){1,3}$`,
  uuid: '^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$',
  date: `^${day}$`,
  'date-time': `^${day}T${clock}$`,
  time: `^${clock}$`,
  uri: `^https?://${names}(?:/[A-Za-z0-9_-]+)*/?$`,
  ipv4: `^${byte}\\.${byte}\\.${byte}\\.${byte}$`,
  ipv6: null,
  hostname: `^${names}$`,
};
