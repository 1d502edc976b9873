/**
 * Reads HTTP/1.1 responses as they come, in pieces of any size (RFC 9112). One parser serves one connection, response after
 * response. It is as strict as the framing needs, since a response misread shifts all that follow.
 */

import { ResponseHead } from './response-head.ts';

const parts = {
  statusLine: 0,
  headers: 1,
  sizedBody: 2,
  bodyUntilClose: 3,
  chunkSize: 4,
  chunkData: 5,
  chunkEnd: 6,
  trailers: 7,
  complete: 8,
  failed: 9,
} as const;
type Part = (typeof parts)[keyof typeof parts];

export interface ParserLimits {
  /** Of status line, headers and trailers together, with those of interim responses. */
  readonly headBytes: number;
  readonly bodyBytes: number;
  /** As much of the body as is kept where it is wanted. */
  readonly keptBytes: number;
}

export interface Wanted {
  /** A response to HEAD has no body, whatever its headers say. */
  readonly head: boolean;
  readonly body: boolean;
}

const lineFeed = 10;
const carriageReturn = 13;
const sizeLineBytes = 1024;

export class ResponseParser {
  head = new ResponseHead();
  bodyBytes = 0;
  /** What is wrong with the response, in words that follow `the response`; null: nothing so far. */
  fault: string | null = null;
  /** The fault is the size of the body. */
  isTooLarge = false;

  private readonly limits: ParserLimits;
  private part: Part = parts.statusLine;
  private wanted: Wanted = { head: false, body: false };
  private headBytes = 0;
  /** The beginning of a line whose end has not come. */
  private begun: Buffer | null = null;
  /** Bytes of the body or of the chunk that are still to come. */
  private left = 0;
  private kept: Buffer[] = [];
  private keptBytes = 0;

  constructor(limits: ParserLimits) {
    this.limits = limits;
  }

  get isComplete(): boolean {
    return this.part === parts.complete;
  }

  /** Begins the next response. */
  start(wanted: Wanted): void {
    this.wanted = wanted;
    this.headBytes = 0;
    this.begun = null;
    this.bodyBytes = 0;
    this.fault = null;
    this.isTooLarge = false;
    if (this.kept.length > 0) this.kept = [];
    this.keptBytes = 0;
    this.startHead();
  }

  /** The body as far as it was wanted and kept. */
  body(): Buffer {
    const [first] = this.kept;
    return this.kept.length === 1 && first !== undefined ? first : Buffer.concat(this.kept);
  }

  /** The body is longer than what was kept. */
  get isCut(): boolean {
    return this.keptBytes < this.bodyBytes;
  }

  /**
   * Takes the bytes from `start` to `end`, of which nothing is kept by reference.
   * @returns where it stopped: before `end` when the response is complete, or wrong.
   */
  read(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end) {
      switch (this.part) {
        case parts.statusLine:
        case parts.headers:
        case parts.trailers:
        case parts.chunkSize:
        case parts.chunkEnd:
          at = this.readLine(bytes, at, end);
          break;
        case parts.sizedBody:
        case parts.chunkData: {
          const taken = Math.min(this.left, end - at);
          this.keep(bytes, at, at + taken);
          this.left -= taken;
          at += taken;
          if (this.left === 0 && !this.hasFailed()) {
            this.part = this.part === parts.chunkData ? parts.chunkEnd : parts.complete;
          }
          break;
        }
        case parts.bodyUntilClose:
          this.keep(bytes, at, end);
          at = end;
          break;
        case parts.complete:
        case parts.failed:
          return at;
      }
    }
    return at;
  }

  /** The server has closed: completes a body that lasts until then. */
  close(): void {
    if (this.part === parts.bodyUntilClose) this.part = parts.complete;
  }

  private startHead(): void {
    this.part = parts.statusLine;
    this.head = new ResponseHead();
  }

  private hasFailed(): boolean {
    return this.part === parts.failed;
  }

  private fail(fault: string): void {
    this.fault = fault;
    this.head.keepAlive = false;
    this.part = parts.failed;
  }

  private readLine(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && bytes[at] !== lineFeed) at++;
    const next = Math.min(at + 1, end);
    const isEnded = at < end;
    if (this.part !== parts.chunkSize && this.part !== parts.chunkEnd) {
      this.headBytes += next - start;
      if (this.headBytes > this.limits.headBytes) {
        this.fail(`has more than ${this.limits.headBytes} bytes of headers`);
        return next;
      }
    }
    if (!isEnded) {
      const rest = Buffer.from(bytes.subarray(start, end));
      this.begun = this.begun === null ? rest : Buffer.concat([this.begun, rest]);
      if (this.part !== parts.headers && this.part !== parts.trailers && this.begun.length > sizeLineBytes) {
        this.fail(
          this.part === parts.statusLine ? 'does not begin with an HTTP/1.1 status line' : 'has a bad chunk',
        );
      }
      return next;
    }
    if (this.begun === null) {
      this.takeLine(bytes, start, at);
    } else {
      const line = Buffer.concat([this.begun, bytes.subarray(start, at)]);
      this.begun = null;
      this.takeLine(line, 0, line.length);
    }
    return next;
  }

  /** A line without its line feed. */
  private takeLine(bytes: Buffer, start: number, lineEnd: number): void {
    const end = lineEnd > start && bytes[lineEnd - 1] === carriageReturn ? lineEnd - 1 : lineEnd;
    switch (this.part) {
      case parts.statusLine:
        this.goOn(parts.headers, this.head.takeStatusLine(bytes, start, end));
        break;
      case parts.headers:
        if (start === end) this.endHead();
        else this.goOn(parts.headers, this.head.takeHeader(bytes, start, end));
        break;
      case parts.chunkSize:
        this.takeChunkSize(bytes, start, end);
        break;
      case parts.chunkEnd:
        if (start === end) this.part = parts.chunkSize;
        else this.fail('has a chunk that is longer than it says');
        break;
      case parts.trailers:
        if (start === end) this.part = parts.complete;
        break;
    }
  }

  private goOn(part: Part, fault: string | null): void {
    if (fault === null) this.part = part;
    else this.fail(fault);
  }

  private endHead(): void {
    const { head } = this;
    if (head.status < 200) {
      if (head.status === 101) this.fail('switches protocols, which was not asked for');
      else this.startHead();
      return;
    }
    if (this.wanted.head || head.status === 204 || head.status === 304) {
      this.part = parts.complete;
    } else if (head.isChunked) {
      // Both lengths are how requests are smuggled: the connection is not used again (RFC 9112, 6.3).
      if (head.contentLength !== -1) head.keepAlive = false;
      this.part = parts.chunkSize;
    } else if (head.contentLength === -1 || head.hasTransferCoding) {
      head.keepAlive = false;
      this.part = parts.bodyUntilClose;
    } else if (head.contentLength > this.limits.bodyBytes) {
      this.failTooLarge();
    } else {
      this.left = head.contentLength;
      this.part = this.left === 0 ? parts.complete : parts.sizedBody;
    }
  }

  private takeChunkSize(bytes: Buffer, start: number, end: number): void {
    const match = /^([0-9a-f]{1,13})[ \t]*(?:;|$)/i.exec(bytes.toString('latin1', start, end));
    if (match === null) {
      this.fail('has a bad chunk');
      return;
    }
    this.left = Number.parseInt(match[1] as string, 16);
    this.part = this.left === 0 ? parts.trailers : parts.chunkData;
  }

  private keep(bytes: Buffer, start: number, end: number): void {
    this.bodyBytes += end - start;
    if (this.bodyBytes > this.limits.bodyBytes) {
      this.failTooLarge();
      return;
    }
    if (!this.wanted.body) return;
    const room = Math.min(end - start, this.limits.keptBytes - this.keptBytes);
    if (room <= 0) return;
    this.kept.push(Buffer.from(bytes.subarray(start, start + room)));
    this.keptBytes += room;
  }

  private failTooLarge(): void {
    this.isTooLarge = true;
    this.fail(`has a body of more than ${this.limits.bodyBytes} bytes`);
  }
}
