/** For tests of inputs. */

import { InputError } from './errors.ts';

/** The message that a user sees of the mistakes that reading finds; empty: there are none. */
export function mistakesOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return '';
}
