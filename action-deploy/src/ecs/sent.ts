/** Changes whose answer may be lost: what they did is looked at before anything is sent again. */

import { isFailure } from './call-failure.ts';

/** How often a change is sent that was looked for and not found. */
const mostSendings = 5;
/** How often it is looked for after each, and how long is waited in between, in milliseconds. */
const looks = 4;
const lookPause = 2_000;

/**
 * Sends a change. When no answer came it is looked whether it was carried out, and only what was looked for in vain is sent
 * again: ECS shows a change after some seconds, and not at all while it cannot be read.
 *
 * @param find what the change made; null: it is not there
 * @throws CallFailure
 */
export async function sent<Made>(
  send: () => Promise<Made>,
  find: () => Promise<Made | null>,
  sleep: (milliseconds: number) => Promise<void>,
  sendings = mostSendings,
): Promise<Made> {
  for (let sending = 1; ; sending++) {
    try {
      return await send();
    } catch (error) {
      if (!isFailure(error, 'lost', 'server')) throw error;
      let looked = 0;
      while (looked < looks) {
        const seen = await read(find);
        if (seen !== unreadable) {
          if (seen !== null) return seen;
          looked++;
        }
        await sleep(lookPause);
      }
      if (sending === sendings) throw error;
    }
  }
}

const unreadable = Symbol('unreadable');

/** A read that fails is repeated by itself, and ends with its scope. */
async function read<Value>(find: () => Promise<Value>): Promise<Value | typeof unreadable> {
  try {
    return await find();
  } catch (error) {
    if (isFailure(error, 'lost', 'server', 'throttled')) return unreadable;
    throw error;
  }
}
