import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestResources, type TestResources } from '../../../test/support/resources/resources.ts';
import { startWebServer } from '../../../test/support/web-server.ts';
import type { Config } from '../../config/config.ts';
import type { PluginProtocol, PluginProtocolContext, PluginResource } from '../definition/definitions.ts';
import { toProtocol } from './protocol.ts';

let resources: TestResources | undefined;
afterEach(async () => {
  await resources?.close();
  resources = undefined;
});

/** The resources of a server with the protocol `thing`. */
async function openServer(
  open: PluginProtocol['open'],
  more: { readonly canonicalize?: PluginProtocol['canonicalize'] } & Partial<Config['resources']> = {},
): Promise<TestResources> {
  const { canonicalize = (url: URL) => url.href, ...settings } = more;
  const protocol = toProtocol({ scheme: 'thing', description: 'Things.', canonicalize, open });
  resources = await createTestResources({ ...settings, protocols: [protocol] });
  return resources;
}

const textResource = (content: string): PluginResource => ({ mediaType: 'text/plain', content });

/** Reads these URLs, one after the other. */
const reading = (urls: readonly string[]) => async (_: URL, ctx: PluginProtocolContext) => {
  const texts: string[] = [];
  for (const url of urls) texts.push(await (await ctx.read(url)).text());
  return textResource(texts.join(' '));
};

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield new Uint8Array(100_000);
}

describe('the canonical form of a URI of a plugin', () => {
  it('is itself canonical, whatever the URI', async () => {
    const { canonicalize } = await openServer(async () => textResource(''));
    fc.assert(
      fc.property(
        fc.constantFrom('', '//Host.Example', '//host:1'),
        fc.webPath(),
        fc.webQueryParameters(),
        (host, part, query) => {
          const uri = `thing:${host}${part || '/'}${query && `?${query}`}`;
          let href: string;
          let path: string;
          try {
            ({ href, path } = canonicalize(uri));
          } catch (error) {
            expect(error).toMatchObject({ code: 'BAD_INPUT' });
            return;
          }
          expect(canonicalize(href).href).toBe(href);
          expect(path).not.toMatch(/(?:^|\/)\.\.?(?:\/|$)/);
        },
      ),
    );
  });

  it.each([
    'thing:a%2Fb',
    'thing:a/../b',
    'thing:.',
    'thing:a%2e%2e/b/..',
    'thing://user@host/',
    'thing:a\\b',
    'thing://./a',
    'thing://..',
  ])('does not exist for %s', async (uri) => {
    const { canonicalize } = await openServer(async () => textResource(''));
    expect(() => canonicalize(uri)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });

  it('is a bug of the plugin when it is of another scheme, or not canonical', async () => {
    const longer = await openServer(async () => textResource(''), { canonicalize: (url) => `${url.href}x` });
    expect(() => longer.canonicalize('thing:a')).toThrow('canonicalizes thing:ax to thing:axx');
    await longer.close();
    const other = await openServer(async () => textResource(''), { canonicalize: () => 'https://public.example/' });
    expect(() => other.canonicalize('thing:a')).toThrow('canonicalizes to another scheme');
  });

  it('has no fragment, and is what the plugin opens', async () => {
    const { open } = await openServer(async (uri) => textResource(uri.href));
    expect(await (await open('thing:a%7eb#part')).text()).toBe('thing:a~b');
  });
});

describe('reading with a protocol of a plugin', () => {
  it('ends at the limit of bytes, and releases the source once', async () => {
    let released = 0;
    const release = () => {
      released += 1;
    };
    const server = await openServer(async () => ({ mediaType: 'text/plain', content: endless(), release }));
    const body = await server.open('thing:a', { maxBytes: 250_000 });
    await expect(body.bytes()).rejects.toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
    expect(released).toBe(1);
  });

  it('ends at the time limit while the source is silent', async () => {
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
    const server = await openServer(async () => ({ mediaType: 'text/plain', content: silent }), { totalTimeoutMs: 50 });
    await expect((await server.open('thing:a')).bytes()).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it('ends at the time limit while it opens, and releases what is opened afterwards', async () => {
    const opened = Promise.withResolvers<PluginResource>();
    const released = Promise.withResolvers<void>();
    const server = await openServer(() => opened.promise, { totalTimeoutMs: 50 });
    await expect(server.open('thing:a')).rejects.toMatchObject({ code: 'TIMEOUT' });
    opened.resolve({ ...textResource('late'), release: () => released.resolve() });
    await released.promise;
  });

  it('asks the policy about the URI and each URL that it reads', async () => {
    await using web = await startWebServer((_, response) => response.end('text'));
    const urls = [`${web.url}/one`, `${web.url}/two`];
    const server = await openServer(reading(urls), { allowedPrivateHosts: [web.host] });
    expect(await (await server.open('thing:a')).text()).toBe('text text');
    expect(server.authorizedUris).toEqual(['thing:a', ...urls]);
    server.forbidden.add(`${web.url}/two`);
    await expect(server.open('thing:a')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(web.hits).toHaveLength(3);
  });

  it('reaches no private address, no other scheme, and no more than six URLs', async () => {
    await using web = await startWebServer((_, response) => response.end('text'));
    const blocked = await openServer(reading([web.url]));
    await expect(blocked.open('thing:a')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(web.hits).toEqual([]);
    await blocked.close();
    const files = await openServer(reading(['file:///data/a']));
    await expect(files.open('thing:a')).rejects.toMatchObject({ code: 'UNSUPPORTED_SCHEME' });
    await files.close();
    const seven = await openServer(reading(Array(7).fill(web.url)), { allowedPrivateHosts: [web.host] });
    await expect(seven.open('thing:a')).rejects.toMatchObject({ code: 'RESOURCE_UNREACHABLE' });
    expect(web.hits).toHaveLength(6);
  });
});
