import { request } from 'node:http';
import { createServer } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ResponseParser, type Wanted } from './response-parser.ts';

const limits = { headBytes: 400, bodyBytes: 1000, keptBytes: 100 };
const head = (...lines: string[]): string => `${['HTTP/1.1 200 OK', ...lines].join('\r\n')}\r\n\r\n`;

interface Seen {
  readonly status: number;
  readonly body: string;
  readonly keepAlive: boolean;
  readonly fault: string | null;
  readonly isComplete: boolean;
  /** Bytes after the end of the response. */
  readonly rest: number;
}

function parse(pieces: readonly string[], wanted: Partial<Wanted> = {}, closes = false): Seen {
  const parser = new ResponseParser(limits);
  parser.start({ head: false, body: true, ...wanted });
  let rest = 0;
  for (const piece of pieces) {
    const bytes = Buffer.from(piece, 'latin1');
    rest += bytes.length - parser.read(bytes, 0, bytes.length);
  }
  if (closes) parser.close();
  const { fault, isComplete } = parser;
  const { status, keepAlive } = parser.head;
  return { status, keepAlive, fault, isComplete, body: parser.body().toString('latin1'), rest };
}

const whole = (status: number, body: string, keepAlive = true): Seen => ({
  status,
  body,
  keepAlive,
  fault: null,
  isComplete: true,
  rest: 0,
});

/** Response, what is seen of it. */
const good: readonly [string, string, Seen, Partial<Wanted>?][] = [
  ['a length', `${head('Content-Length: 5')}hello`, whole(200, 'hello')],
  ['no body', head('content-length: 0'), whole(200, '')],
  ['the same length twice', `${head('content-length: 2, 2', 'content-length: 2')}ab`, whole(200, 'ab')],
  ['204', 'HTTP/1.1 204 No Content\r\n\r\n', whole(204, '')],
  ['304 with a length', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 7\r\n\r\n', whole(304, '')],
  ['an answer to HEAD', head('content-length: 700'), whole(200, ''), { head: true }],
  ['an answer to HEAD in chunks', head('transfer-encoding: chunked'), whole(200, ''), { head: true }],
  [
    'chunks',
    `${head('Transfer-Encoding: chunked')}3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n`,
    whole(200, 'abc0123456789'),
  ],
  [
    'chunks with extensions and trailers',
    `${head('transfer-encoding: chunked')}2;x="y"\r\nab\r\n0\r\nSum: 1\r\n\r\n`,
    whole(200, 'ab'),
  ],
  [
    'chunks after another coding',
    `${head('transfer-encoding: gzip, chunked')}1\r\nx\r\n0\r\n\r\n`,
    whole(200, 'x'),
  ],
  [
    'chunks and a length',
    `${head('content-length: 9', 'transfer-encoding: chunked')}1\r\nx\r\n0\r\n\r\n`,
    whole(200, 'x', false),
  ],
  [
    'interim responses',
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n${head('content-length: 1')}x`,
    whole(200, 'x'),
  ],
  ['connection: close', `${head('Connection: Close', 'content-length: 1')}x`, whole(200, 'x', false)],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx', whole(200, 'x', false)],
  [
    'HTTP/1.0 that keeps alive',
    'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 1\r\n\r\nx',
    whole(200, 'x'),
  ],
  ['bare line feeds', 'HTTP/1.1 200 OK\ncontent-length: 1\n\nx', whole(200, 'x')],
  ['no reason', 'HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n', whole(200, '')],
  ['an empty value', `${head('x-empty:', 'content-length: 1')}x`, whole(200, 'x')],
  ['a long reason', `HTTP/1.1 503 ${'so sorry '.repeat(20)}\r\ncontent-length: 0\r\n\r\n`, whole(503, '')],
];

/** Read here as RFC 9112 allows (2.2, 3, 6.3), refused by Node. */
const looser = new Set(['bare line feeds', 'chunks and a length', 'the same length twice']);

/** Status and body as Node's own client reads them. */
async function byNode(text: string, method: string): Promise<[number | undefined, string]> {
  const server = createServer((socket) => {
    socket.on('error', () => {
      // The client may close first.
    });
    socket.once('data', () => socket.end(Buffer.from(text, 'latin1')));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    return await new Promise((done, fail) => {
      const sent = request({ host: '127.0.0.1', port, method, agent: false }, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        done([response.statusCode, Buffer.concat(chunks).toString('latin1')]);
      });
      sent.on('error', fail);
      sent.end();
    });
  } finally {
    server.close();
  }
}

describe('reads', () => {
  test.each(good)('%s', (_, text, seen, wanted) => {
    expect(parse([text], wanted)).toEqual(seen);
  });

  test('each of them byte by byte, and in any pieces', () => {
    for (const [, text, seen, wanted] of good) {
      expect(parse([...text], wanted)).toEqual(seen);
      fc.assert(
        fc.property(fc.array(fc.nat(text.length), { maxLength: 6 }), (cuts) => {
          const ends = [...cuts, text.length].sort((a, b) => a - b);
          const pieces = ends.map((end, i) => text.slice(ends[i - 1] ?? 0, end));
          expect(parse(pieces, wanted)).toEqual(seen);
        }),
        { numRuns: 50 },
      );
    }
  });

  test('what Node reads, where Node reads it', async () => {
    const seen: unknown[] = [];
    const read: unknown[] = [];
    for (const [name, text, { status, body }, wanted] of good) {
      if (looser.has(name)) continue;
      seen.push([name, status, body]);
      read.push([name, ...(await byNode(text, wanted?.head === true ? 'HEAD' : 'GET'))]);
    }
    expect(read).toEqual(seen);
  });

  test('one response after the other on a connection', () => {
    const parser = new ResponseParser(limits);
    for (const body of ['one', 'three', '']) {
      parser.start({ head: false, body: true });
      const bytes = Buffer.from(`${head(`content-length: ${body.length}`)}${body}`);
      expect(parser.read(bytes, 0, bytes.length)).toBe(bytes.length);
      expect(parser.isComplete).toBe(true);
      expect(parser.body().toString()).toBe(body);
    }
  });

  test('a body that lasts until the server closes', () => {
    const text = `${head()}all of it`;
    expect(parse([text], {}, true)).toEqual(whole(200, 'all of it', false));
    expect(parse([text], {}, false).isComplete).toBe(false);
  });

  test('a length that the server does not keep is not complete when it closes', () => {
    expect(parse([`${head('content-length: 10')}half`], {}, true).isComplete).toBe(false);
    expect(parse([`${head('transfer-encoding: chunked')}5\r\nab`], {}, true).isComplete).toBe(false);
  });

  test('stops at the end of the response', () => {
    expect(parse([`${head('content-length: 1')}xHTTP/1.1`]).rest).toBe(8);
  });

  test('for how long the server keeps the connection', () => {
    const parser = new ResponseParser(limits);
    parser.start({ head: false, body: false });
    const bytes = Buffer.from(head('Keep-Alive: max=100, timeout=5', 'content-length: 0'));
    parser.read(bytes, 0, bytes.length);
    expect(parser.head.keepAliveMs).toBe(5000);
  });

  test('keeps of the body what is wanted, up to its limit', () => {
    const text = `${head('content-length: 500')}${'x'.repeat(500)}`;
    expect(parse([text]).body.length).toBe(100);
    expect(parse([text], { body: false }).body.length).toBe(0);
  });
});

const bad: readonly [string, string, RegExp][] = [
  ['no HTTP at all', 'SSH-2.0-OpenSSH_9.6\r\n', /does not begin with an HTTP\/1\.1 status line/],
  ['another version', 'HTTP/2 200\r\n\r\n', /status line/],
  ['no status', 'HTTP/1.1 OK\r\n\r\n', /status line/],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', /status line/],
  ['a line without end', 'x'.repeat(2000), /status line|bytes of headers/],
  ['a header without colon', head('nonsense'), /malformed header/],
  ['a space before the colon', head('content-length : 5'), /malformed header/],
  ['a folded header', head('x: a', ' b'), /malformed header/],
  ['a carriage return within a value', head('x: a\rb'), /control character/],
  ['two lengths', head('content-length: 1', 'content-length: 2'), /two content-lengths/],
  ['a length that is none', head('content-length: 1e3'), /content-length that is no number/],
  ['a negative length', head('content-length: -1'), /content-length that is no number/],
  ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', /switches protocols/],
  ['a chunk without size', `${head('transfer-encoding: chunked')}\r\n`, /bad chunk/],
  ['a chunk longer than it says', `${head('transfer-encoding: chunked')}1\r\nabc\r\n`, /longer than it says/],
  [
    'headers beyond the limit',
    head(...Array.from({ length: 100 }, (_, i) => `x-${i}: y`)),
    /more than 400 bytes of headers/,
  ],
  [
    'interim responses without end',
    'HTTP/1.1 100 Continue\r\n\r\n'.repeat(50),
    /more than 400 bytes of headers/,
  ],
  ['a body beyond the limit', `${head('content-length: 1001')}x`, /body of more than 1000 bytes/],
  [
    'chunks beyond the limit',
    `${head('transfer-encoding: chunked')}${`64\r\n${'x'.repeat(100)}\r\n`.repeat(11)}`,
    /body of more than 1000 bytes/,
  ],
];

describe('refuses', () => {
  test.each(bad)('%s', (_, text, fault) => {
    for (const pieces of [[text], [...text]]) {
      const seen = parse(pieces);
      expect(seen.fault).toMatch(fault);
      expect(seen.isComplete).toBe(false);
      expect(seen.keepAlive).toBe(false);
    }
  });

  test('no bytes lead it astray: any text ends in a response, a fault, or a wait for more', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            'HTTP/1.1 200 OK',
            '\r\n',
            '\n',
            'content-length: 3',
            'transfer-encoding: chunked',
            '0',
            'ff',
            ':',
            'abc',
            '\0',
          ),
          { maxLength: 30 },
        ),
        (words) => {
          const text = words.join('');
          const seen = parse([text]);
          expect(seen.rest).toBeLessThanOrEqual(text.length);
          expect(seen.isComplete && seen.fault !== null).toBe(false);
          expect(parse([...text])).toEqual(seen);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
