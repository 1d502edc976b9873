/** What the head of a response says of its framing, and of the little else that is asked for (RFC 9112). */

const carriageReturn = 13;
const colon = 58;

/** 1 where a byte may stand in the name of a header (RFC 9110, 5.6.2). */
const tokenBytes = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  tokenBytes[character.charCodeAt(0)] = 1;
}

export class ResponseHead {
  status = 0;
  /** Whether the connection can carry another request after this response. */
  keepAlive = true;
  /** For how long the server keeps it, when it says so; else infinite. */
  keepAliveMs = Number.POSITIVE_INFINITY;
  /** Of redirects. */
  location: string | null = null;
  contentEncoding = '';
  /** -1: none is given. */
  contentLength = -1;
  isChunked = false;
  hasTransferCoding = false;

  /** @returns what is wrong with it, in words that follow `the response`; null: nothing. */
  takeStatusLine(bytes: Buffer, start: number, end: number): string | null {
    const line = bytes.toString('latin1', start, Math.min(end, start + 13));
    // A reason may be missing, and with it the space before.
    const match = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/.exec(line);
    if (match === null) {
      return 'does not begin with an HTTP/1.1 status line';
    }
    this.status = Number(match[2]);
    if (match[1] === '0') this.keepAlive = false;
    return null;
  }

  /** As `takeStatusLine`. */
  takeHeader(bytes: Buffer, start: number, end: number): string | null {
    let at = start;
    while (at < end && tokenBytes[bytes[at] as number] === 1) at++;
    if (at === start || at === end || bytes[at] !== colon) {
      return 'has a malformed header';
    }
    for (let i = at + 1; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte === 0 || byte === carriageReturn) {
        return 'has a header with a control character';
      }
    }
    // Only names of these lengths matter.
    switch (at - start) {
      case 8:
      case 10:
      case 14:
      case 16:
      case 17:
        return this.takeNamed(
          bytes.toString('latin1', start, at).toLowerCase(),
          bytes.toString('latin1', at + 1, end).trim(),
        );
      default:
        return null;
    }
  }

  private takeNamed(name: string, value: string): string | null {
    switch (name) {
      case 'content-length':
        return this.takeContentLength(value);
      case 'transfer-encoding': {
        this.hasTransferCoding = true;
        const codings = value.toLowerCase().split(',');
        // Only as the last one does it end the body.
        this.isChunked = codings.at(-1)?.trim() === 'chunked';
        break;
      }
      case 'connection': {
        const options = value.toLowerCase();
        if (options.includes('close')) this.keepAlive = false;
        else if (options.includes('keep-alive')) this.keepAlive = true;
        break;
      }
      case 'keep-alive': {
        const match = /(?:^|[\s,])timeout=(\d+)/i.exec(value);
        if (match !== null) this.keepAliveMs = Number(match[1]) * 1000;
        break;
      }
      case 'location':
        this.location = value;
        break;
      case 'content-encoding':
        this.contentEncoding = value.toLowerCase();
        break;
    }
    return null;
  }

  private takeContentLength(value: string): string | null {
    // The same value several times is one value (RFC 9112, 6.3).
    for (const each of value.split(',')) {
      const text = each.trim();
      const length = Number(text);
      if (!/^\d+$/.test(text) || !Number.isSafeInteger(length)) {
        return 'has a content-length that is no number';
      }
      if (this.contentLength !== -1 && this.contentLength !== length) {
        return 'has two content-lengths that differ';
      }
      this.contentLength = length;
    }
    return null;
  }
}
