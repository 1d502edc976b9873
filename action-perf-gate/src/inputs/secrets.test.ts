import { describe, expect, test } from 'vitest';
import { redactor, secretsOf, shownAddress } from './secrets.ts';

describe('an address as it is shown', () => {
  test.each([
    ['http://user:pa55@host:8000/predict', 'http://host:8000/predict'],
    ['https://host/predict?model=iris&api_key=abcd1234', 'https://host/predict?model=iris&api_key=***'],
    ['https://host/a?X-Amz-Signature=ffff&b=2', 'https://host/a?X-Amz-Signature=***&b=2'],
    ['/items?access_token=a.b.c', '/items?access_token=***'],
    ['/items?tokens=7&keyword=cat', '/items?tokens=7&keyword=cat'],
    ['/items?api%5Fkey=abcd1234', '/items?api%5Fkey=***'],
  ])('%s', (address, shown) => expect(shownAddress(address)).toBe(shown));
});

describe('secrets', () => {
  const headers = [
    ['Authorization', 'Bearer tok-123456'],
    ['cookie', 'session=sess-987; theme=dark'],
    ['x-custom', 'whatever-it-is'],
    ['accept', 'application/json'],
  ] as const;
  const redact = redactor(
    secretsOf(
      ['http://us%65r:p%40ss-word@host/', 'http://host/?api_key=query-key-1'],
      [{ path: '/a?token=path-token', headers }],
    ),
  );

  test.each([
    'Bearer tok-123456',
    'tok-123456',
    'session=sess-987; theme=dark',
    'sess-987',
    'whatever-it-is',
    'p%40ss-word',
    'p@ss-word',
    Buffer.from('user:p@ss-word').toString('base64'),
    'query-key-1',
    'path-token',
  ])('%s is nowhere to be seen', (secret) => {
    expect(redact(`the server said: ${secret}!`)).not.toContain(secret);
  });

  test('what says nothing about who is asking stays readable', () =>
    expect(redact('expected application/json')).toBe('expected application/json'));

  test('Basic credentials are hidden in the clear, too', () => {
    const value = `Basic ${Buffer.from('ann:hunter22').toString('base64')}`;
    const hide = redactor(secretsOf([], [{ path: '', headers: [['authorization', value]] }]));
    expect(hide('hello hunter22, or ann:hunter22')).toBe('hello ***, or ***');
  });
});
