import { describe, expect, it } from 'vitest';
import { startHttpOrigin } from '../../../test/support/resources/http-origin.ts';

const http = startHttpOrigin();
const fault = (code: string, message: RegExp = /./) =>
  expect.objectContaining({ name: 'Fault', code, message: expect.stringMatching(message) });

describe('redirects', () => {
  it('are followed, each authorized, and the body has the final URI', async () => {
    http.handler = (request, response) => {
      if (request.url === '/1') response.writeHead(302, { location: '/%32?a' }).end();
      else if (request.url === '/2?a') response.writeHead(308, { location: `${http.origin}/3#x` }).end('ignored');
      else response.end('here');
    };
    const body = await http.resources.open(`${http.origin}/1`);
    expect(body.uri).toBe(`${http.origin}/3`);
    expect(await body.text()).toBe('here');
    expect(http.resources.authorizedUris).toEqual([`${http.origin}/1`, `${http.origin}/2?a`, `${http.origin}/3`]);
  });

  it('stop at a URI that the policy denies, before it is requested', async () => {
    let requests = 0;
    http.handler = (_, response) => {
      requests++;
      response.writeHead(302, { location: '/secret' }).end();
    };
    http.resources.forbidden.add(`${http.origin}/secret`);
    await expect(http.resources.open(`${http.origin}/`)).rejects.toEqual(fault('FORBIDDEN', /secret/));
    expect(requests).toBe(1);
  });

  it('do not lead to private addresses, however they are written', async () => {
    for (const target of [
      'http://169.254.169.254/latest',
      'http://[::1]:1/',
      'http://0x7f.1:2/',
      'http://[::ffff:a00:1]/',
    ]) {
      http.handler = (_, response) => response.writeHead(302, { location: target }).end();
      await expect(http.resources.open(http.origin)).rejects.toEqual(fault('FORBIDDEN', /not public/));
    }
  });

  it('are followed at most five times', async () => {
    http.handler = (request, response) => {
      const redirects = Number(request.url?.slice(1));
      if (redirects === 0) response.end('arrived');
      else response.writeHead(301, { location: `/${redirects - 1}` }).end();
    };
    expect(await (await http.resources.open(`${http.origin}/5`)).text()).toBe('arrived');
    await expect(http.resources.open(`${http.origin}/6`)).rejects.toEqual(
      fault('RESOURCE_UNREACHABLE', /more than 5 times/),
    );
    http.handler = (_, response) => response.writeHead(301, { location: '/' }).end();
    await expect(http.resources.open(http.origin)).rejects.toEqual(fault('RESOURCE_UNREACHABLE', /more than 5 times/));
  });

  it.each([
    ['another scheme', 'file:///etc/passwd', 'RESOURCE_UNREACHABLE'],
    ['inline data', 'data:text/plain,a', 'RESOURCE_UNREACHABLE'],
    ['a name and password', 'http://user:secret@example.com/', 'BAD_INPUT'],
    ['a path that servers decode in different ways', '/a%2f..%2fb', 'BAD_INPUT'],
    ['an invalid URI', 'http://[', 'RESOURCE_UNREACHABLE'],
  ])('to %s are rejected', async (_, location, code) => {
    http.handler = (_, response) => response.writeHead(302, { location }).end();
    await expect(http.resources.open(http.origin)).rejects.toEqual(fault(code));
  });

  it('accept a location in raw UTF-8', async () => {
    http.handler = (request, response) => {
      if (request.url !== '/') return response.end(request.url);
      response.writeHead(302, { location: Buffer.from('/caf\u00e9').toString('latin1') }).end();
    };
    expect(await (await http.resources.open(http.origin)).text()).toBe('/caf%C3%A9');
  });

  it('release the connection even when the redirect has an endless body', async () => {
    http.handler = (request, response) => {
      if (request.url !== '/') return response.end('here');
      response.writeHead(302, { location: '/there' });
      const flood = () => {
        while (response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', flood);
      flood();
    };
    expect(await (await http.resources.open(http.origin)).text()).toBe('here');
  });
});
