/** Addresses of services, which may leave their port to the gate: `http://127.0.0.1:{port}/predict`. */

import { type InputReader, parseUrl, quote } from '../../../core/inputs/index.ts';
import { shownAddress } from './secrets.ts';

export interface Address {
  /** As written, perhaps with `{port}`. */
  readonly text: string;
  /** Null: `{port}`, any that is free. */
  readonly port: number | null;
  /** Without credentials. */
  readonly shown: string;
}

const placeholder = /:\{port\}(?=[/?#]|$)/;

/** The address with its port in the place of `{port}`. */
export function addressAt({ text }: Address, port: number): string {
  return text.replace(placeholder, `:${port}`);
}

/** Null when the input is empty or wrong. */
export function readAddress(reader: InputReader, input: string): Address | null {
  const text = reader.text(input);
  if (text === '') return null;
  const reading = parseUrl(text.replace(placeholder, ':1'));
  if (!reading.ok) {
    const { ok: _, message, ...hints } = reading;
    reader.add({ input, message: shownAddress(message), ...hints });
    return null;
  }
  const url = reading.value;
  if (url.hash !== '') {
    reader.add({ input, message: `${quote(shownAddress(text))} ends in a fragment, which is never sent` });
    return null;
  }
  const free = placeholder.test(text);
  return {
    text: withoutPlaceholder(url, free),
    port: free ? null : portOf(url),
    shown: shownAddress(withoutPlaceholder(url, free)),
  };
}

/** As the URL parser writes it, so that one address has one spelling. */
function withoutPlaceholder(url: URL, free: boolean): string {
  return free ? url.href.replace(/^([a-z]+:\/\/[^/?#]*):1(?=[/?#]|$)/, '$1:{port}') : url.href;
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

/** The same address on a port of its own, for a baseline that is started beside the candidate. */
export function onFreePort({ text, port }: Address): Address {
  if (port === null) return { text, port, shown: shownAddress(text) };
  const [, head = '', tail = ''] =
    /^([a-z]+:\/\/(?:[^/?#]*@)?(?:\[[^\]]*\]|[^:/?#]*))(?::\d+)?(.*)$/.exec(text) ?? [];
  const free = `${head}:{port}${tail}`;
  return { text: free, port: null, shown: shownAddress(free) };
}
