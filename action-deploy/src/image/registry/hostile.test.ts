import { describe, expect, test } from 'vitest';
import {
  amd64,
  amdImage,
  index,
  logIn,
  octo,
  other,
  refusal,
  resolve,
  start,
  theWorld,
  useWorld,
  usual,
} from './harness.ts';
import { RegistrySource } from './index.ts';
import { basic, fail, type RegistrySettings, startRegistry } from './testing.ts';

describe('trouble on the way', () => {
  /** Answers so the first few times. */
  function first(count: number, handle: RegistrySettings['instead']): RegistrySettings {
    let left = count;
    return { instead: (request, response) => left-- > 0 && handle?.(request, response) === true };
  }

  test.each<[string, RegistrySettings['instead'], readonly number[]]>([
    ['a lost connection', (_, response) => Boolean(response.destroy()), [500, 1000]],
    [
      'an overloaded registry',
      (_, response) => {
        fail(response, 503, 'UNAVAILABLE', 'busy');
        return true;
      },
      [500, 1000],
    ],
    [
      'a limit, for as long as it says',
      (_, response) => {
        response.setHeader('retry-after', '7');
        fail(response, 429, 'TOOMANYREQUESTS', 'slow down');
        return true;
      },
      [7000, 7000],
    ],
  ])('%s is waited for', async (_, handle, slept) => {
    const registry = await start(usual, first(2, handle));
    expect((await resolve(registry, ':v1')).digest).toBe(index.digest);
    expect(theWorld().slept).toEqual(slept);
  });

  test('that does not end is told', async () => {
    const lost = await start(
      usual,
      first(99, (_, response) => Boolean(response.destroy())),
    );
    expect(await refusal(lost, ':v1')).toBe(
      'REGISTRY/octo/api:v1: the connection to REGISTRY was lost (4 attempts)',
    );
    const limited = await start(usual, {
      instead: (_, response) => {
        response.setHeader('retry-after', '3600');
        fail(response, 429, 'TOOMANYREQUESTS', 'You have reached your pull rate limit.');
        return true;
      },
    });
    expect(await refusal(limited, ':v1')).toBe(
      'REGISTRY/octo/api:v1: REGISTRY limits the rate of requests (429 TOOMANYREQUESTS: You have reached your pull rate limit.); log in, or try again later',
    );
    expect(limited.requests).toHaveLength(1);
    const gone = await startRegistry(usual);
    await gone.stop();
    expect(await refusal(gone, ':v1')).toBe(
      'REGISTRY/octo/api:v1: REGISTRY refuses the connection (4 attempts)',
    );
  });

  test('what an error says is one line, without what was sent', async () => {
    const instead: RegistrySettings['instead'] = ({ headers }, response) => {
      fail(
        response,
        400,
        'X',
        `\n::error::\u001b[31mno ${headers.authorization ?? 'Basic b2N0bzpzM2NyZXQ='}`,
      );
      return true;
    };
    expect(await refusal(await start(usual, { instead }), ':v1')).toBe(
      'REGISTRY/octo/api:v1: REGISTRY answered 400 X: ::error:: [31mno Basic ***',
    );
  });

  test('a cancelled run asks no more', async () => {
    const abort = new AbortController();
    useWorld({ signal: abort.signal });
    const registry = await start(usual, {
      instead: () => {
        abort.abort();
        return true;
      },
    });
    expect(await refusal(registry, ':v1')).toBe('REGISTRY/octo/api:v1: stopped, since the run was cancelled');
    expect(registry.requests).toHaveLength(1);
  });
});

describe('a hostile registry', () => {
  test.each<[string, NonNullable<RegistrySettings['instead']>]>([
    ['does not answer', () => true],
    [
      'sends a body that drips without an end',
      (_, response) => {
        const timer = setInterval(() => response.write(' '), 5);
        response.once('close', () => clearInterval(timer));
        return true;
      },
    ],
  ])('%s', async (_, instead) => {
    const registry = await start(usual, { instead });
    const source = new RegistrySource(registry.host, 'octo/api', theWorld(), { timeoutMs: 100, attempts: 2 });
    await expect(source.manifest('v1')).rejects.toThrow(
      `${registry.host}/octo/api:v1: ${registry.host} did not answer in time (2 attempts)`,
    );
  });

  test('sends a body without an end', async () => {
    const instead: RegistrySettings['instead'] = (_, response) => {
      const block = Buffer.alloc(256 * 1024, 32);
      const more = (): void => {
        if (!response.destroyed) response.write(block, more);
      };
      more();
      return true;
    };
    expect(await refusal(await start(usual, { instead }), ':v1')).toBe(
      'REGISTRY/octo/api:v1: the answer has more than 4194304 bytes',
    );
  });

  test('leads to another host: the image comes from there, credentials do not go there', async () => {
    const store = await other((_, response) => response.end(amdImage.config.bytes));
    const registry = await start(usual, {
      auth: 'basic',
      login: 'octo:s3cret',
      instead: ({ url }, response) => {
        const isBlob = url?.includes('/blobs/') === true;
        if (isBlob) response.writeHead(307, { location: `http://${store.host}/blob?signature=s3cret` }).end();
        return isBlob;
      },
    });
    await logIn(octo(registry.host));
    expect((await resolve(registry, ':single', [amd64])).platforms).toEqual([amd64]);
    expect(registry.requests.at(-1)).toMatchObject({ authorization: basic('octo:s3cret') });
    expect(store.seen).toMatchObject([{ url: '/blob?signature=s3cret', authorization: null }]);
  });

  test('leads through another host back to itself: the credentials stay away', async () => {
    let back = '';
    const between = await other((_, response) => response.writeHead(302, { location: back }).end());
    const registry = await start(usual, {
      instead: ({ url, headers }, response) => {
        if (url === '/v2/octo/api/manifests/v1' && headers.authorization !== undefined)
          response.writeHead(302, { location: `http://${between.host}/` }).end();
        else if (url === '/back') fail(response, 400, 'X', String(headers.authorization));
        else {
          response.setHeader('www-authenticate', 'Basic realm="x"');
          fail(response, 401, 'UNAUTHORIZED', 'log in');
        }
        return true;
      },
    });
    back = `http://${registry.host}/back`;
    await logIn(octo(registry.host));
    expect(await refusal(registry, ':v1')).toBe('REGISTRY/octo/api:v1: REGISTRY answered 400 X: undefined');
  });

  test('leads in a circle', async () => {
    const instead: RegistrySettings['instead'] = ({ url }, response) =>
      Boolean(response.writeHead(302, { location: url }).end());
    const registry = await start(usual, { instead });
    expect(await refusal(registry, ':v1')).toBe(
      'REGISTRY/octo/api:v1: REGISTRY leads from one address to the next without an end',
    );
    expect(registry.requests).toHaveLength(6);
  });

  test.each([
    [
      'http://169.254.169.254/latest/meta-data?x=1',
      'REGISTRY leads to http://169.254.169.254/latest/meta-data, which is not encrypted; only https is asked',
    ],
    ['file:///etc/passwd', 'REGISTRY leads to file:///etc/passwd, which is no address of HTTP'],
    ['http://', 'REGISTRY leads to http://, which is no address of HTTP'],
  ])('leads to %s', async (location, message) => {
    const instead: RegistrySettings['instead'] = (_, response) =>
      Boolean(response.writeHead(302, { location }).end());
    expect(await refusal(await start(usual, { instead }), ':v1')).toBe(`REGISTRY/octo/api:v1: ${message}`);
  });

  test('gives a token that no header can hold', async () => {
    const tokens = await other((_, response) => response.end(JSON.stringify({ token: 'a\r\nx: s3cret' })));
    const registry = await start(usual, { auth: 'bearer', realm: `http://${tokens.host}/token` });
    expect(await refusal(registry, ':v1')).toBe(
      'REGISTRY/octo/api:v1: the token for the registry holds characters that no token has',
    );
  });

  test('leads the pages of its tags elsewhere', async () => {
    const elsewhere = await other((_, response) => response.end('{"tags":["v2"]}'));
    const registry = await start(usual, {
      instead: ({ url }, response) => {
        const isList = url?.includes('/tags/') === true;
        if (isList) {
          response.setHeader('link', `<http://${elsewhere.host}/v2/octo/other/tags/list>; rel="next"`);
          response.end('{"tags":["zz","::error::",7]}');
        }
        return isList;
      },
    });
    expect(await refusal(registry, ':v2')).toBe(
      'REGISTRY/octo/api has no image with the tag v2; it has the tags zz',
    );
    expect(elsewhere.seen).toEqual([]);
  });
});
