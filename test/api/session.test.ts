import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { isWithoutBrowser, launchBrowser, openPage } from '../support/surfaces/browser.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

const VIEWER = JSON.stringify({ query: '{ viewer { username } }' });
const SIGN_IN = JSON.stringify({ username: 'alice', password: 'alice' });

describe.skipIf(isWithoutBrowser)('the session of a browser', () => {
  let server: Server;
  let other: WebServer;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    server = await startServer();
    other = await startWebServer((_req, res) => void res.end());
    browser = await launchBrowser();
    page = await (await browser.newContext()).newPage();
    await openPage(page, server.url);
    const status = await page.evaluate(async (body) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch('/session', { method: 'POST', headers, body })).status;
    }, SIGN_IN);
    expect(status).toBe(201);
  });
  afterAll(async () => {
    await browser?.close();
    await other?.close();
    await server?.stop('SIGKILL');
  });

  /** Who the server takes a page for that asks by POST with its cookies. */
  const viewerOf = (from: Page) =>
    from.evaluate(
      async ({ url, body }) => {
        try {
          const headers = { 'content-type': 'application/json' };
          const response = await fetch(`${url}/graphql`, { method: 'POST', credentials: 'include', headers, body });
          return (await response.json()).data.viewer?.username ?? 'nobody';
        } catch (error) {
          return (error as Error).name;
        }
      },
      { url: server.url, body: VIEWER },
    );

  it('is used by requests, streams, sockets and images, and read by no script', async () => {
    expect(await viewerOf(page)).toBe('alice');
    expect(await page.evaluate(() => document.cookie)).toBe('');
    const event = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const query = encodeURIComponent('subscription { events { cursor } }');
          const source = new EventSource(`/graphql?query=${query}`);
          source.addEventListener('next', ({ data }) => resolve(JSON.parse(data)));
          source.onerror = () => resolve('refused');
        }),
    );
    expect(event).toMatchObject({ data: { events: { cursor: expect.any(String) } } });
    const viewer = await page.evaluate(
      (body) =>
        new Promise((resolve) => {
          const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
          socket.onopen = () => socket.send('{"type":"connection_init"}');
          socket.onmessage = ({ data }) => {
            const { type, payload } = JSON.parse(data);
            if (type === 'connection_ack') socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: body }));
            else resolve(payload.data.viewer);
          };
          socket.onclose = ({ code }) => resolve(code);
        }),
      JSON.parse(VIEWER),
    );
    expect(viewer).toEqual({ username: 'alice' });
    const width = await page.evaluate(async () => {
      const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="7" height="7"/>';
      const headers = { 'content-type': 'image/svg+xml' };
      const { url } = await (await fetch('/artifacts?name=x.svg', { method: 'POST', headers, body: svg })).json();
      const image = new Image();
      image.src = url;
      return image.decode().then(
        () => image.width,
        () => 0,
      );
    });
    expect(width).toBe(7);
  });

  it.each([
    ['another port of this host', () => other.url],
    ['another site', () => other.url.replace('127.0.0.1', 'localhost')],
  ])('is not used by a page of %s', async (_, origin) => {
    const stranger = await page.context().newPage();
    await openPage(stranger, origin(), {
      policy: "default-src * 'unsafe-inline'",
      body: '<form method="post"></form>',
    });
    expect(await viewerOf(stranger)).toBe('TypeError');
    const closed = await stranger.evaluate(
      (url) =>
        new Promise((resolve) => {
          const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
          socket.onopen = () => resolve('open');
          socket.onclose = () => resolve('refused');
        }),
      server.url,
    );
    expect(closed).toBe('refused');
    // A form needs no permission to send, only to send JSON.
    await stranger.evaluate((url) => {
      const [form] = [...document.forms] as [HTMLFormElement];
      form.action = `${url}/session`;
      form.submit();
    }, server.url);
    await stranger.waitForURL(`${server.url}/session`);
    expect(await stranger.locator('body').innerText()).toContain('FORBIDDEN');
    await stranger.close();
    expect(await viewerOf(page)).toBe('alice');
  });

  it('ends with DELETE, which also removes the cookie', async () => {
    const context = page.context();
    const [cookie] = await context.cookies(server.url);
    expect(cookie).toMatchObject({ name: 'signalbox', httpOnly: true, sameSite: 'Strict', path: '/' });
    expect(await page.evaluate(async () => (await fetch('/session', { method: 'DELETE' })).status)).toBe(204);
    expect(await context.cookies(server.url)).toEqual([]);
    expect(await viewerOf(page)).toBe('nobody');
  });
});
