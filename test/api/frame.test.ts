import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { isWithoutBrowser, launchBrowser, openPage } from '../support/surfaces/browser.ts';
import { until } from '../support/until.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

describe.skipIf(isWithoutBrowser)('the frame for HTML of others, in a browser', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  let frame: Frame;
  /** A server of somebody else, who wrote the HTML. */
  let evil: WebServer;
  /** Addresses that sent something since the last text. */
  const answers: string[] = [];
  beforeAll(async () => {
    server = await startServer();
    evil = await startWebServer((req, res) => {
      answers.push(req.url ?? '');
      res.setHeader('access-control-allow-origin', '*').end();
    });
    browser = await launchBrowser();
    page = await browser.newPage();
    page.on('response', (response) => answers.push(response.url()));
    await openPage(page, server.url, { body: '<iframe src="/frame.html"></iframe>' });
    await page.locator('iframe').evaluate((element) => new Promise((done) => setTimeout(done, 0, element)));
    frame = await until('the frame is there', () => page.frames().find((one) => one.url().endsWith('/frame.html')));
    await frame.waitForLoadState('load');
  });
  afterAll(async () => {
    await browser?.close();
    await evil?.close();
    await server?.stop('SIGKILL');
  });

  /** Shows a text as the dashboard does, and waits until it is shown. */
  const show = async (html: string) => {
    const marked = `${html}<p id="end-${++count}">end</p>`;
    answers.length = 0;
    await page.evaluate((text) => {
      const [{ contentWindow }] = [...document.querySelectorAll('iframe')] as [HTMLIFrameElement];
      contentWindow?.postMessage(text, '*');
    }, marked);
    await frame.locator(`#end-${count}`).waitFor({ state: 'attached' });
  };
  let count = 0;

  it('shows elements with their styles', async () => {
    await show('<style>h1 { color: rgb(1, 2, 3) }</style><h1 id="title" style="font-size: 41px">Report</h1>');
    const style = await frame.locator('#title').evaluate((element) => {
      const { color, fontSize } = getComputedStyle(element);
      return { color, fontSize };
    });
    expect(style).toEqual({ color: 'rgb(1, 2, 3)', fontSize: '41px' });
    await show('<p id="next">Another</p>');
    expect(await frame.locator('#title').count()).toBe(0);
  });

  it.each([
    ['a script', '<script>document.title = "ran"</script>'],
    ['a script of this server', '<script src="/frame.js"></script>'],
    ['a script in SVG', '<svg><script>document.title = "ran"</script></svg>'],
    ['a handler', '<img src="data:image/png,x" onerror="document.title = \'ran\'">'],
    [
      'a handler of an animation',
      '<style>@keyframes a{}</style><b style="animation:a 1s" onanimationstart="document.title=\'ran\'">x</b>',
    ],
    ['a template with a script', '<template><script>document.title = "ran"</script></template>'],
    ['a frame', '<iframe srcdoc="<script>parent.document.title = 1</script>"></iframe>'],
    ['an image of another server', '<img src="EVIL/x.png">'],
    ['an image of this server', '<img src="/artifacts/00">'],
    ['a style sheet', '<link rel="stylesheet" href="EVIL/x.css">'],
    [
      'a font and an image of a style',
      '<style>@font-face{font-family:f;src:url(EVIL/f)}p{font-family:f;background:url(EVIL/x)}</style>',
    ],
    ['an import of a style', '<style>@import "EVIL/x.css";</style>'],
    ['a refresh', '<meta http-equiv="refresh" content="0;url=EVIL/">'],
    ['a base', '<base href="EVIL/"><img src="x.png">'],
    ['an object', '<object data="EVIL/x"></object><embed src="EVIL/x">'],
  ])('runs and loads nothing of %s', async (_, html) => {
    await show(html.replaceAll('EVIL', evil.url));
    await frame.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    expect(await frame.title()).not.toBe('ran');
    // A request that the browser sent would have reached the server before one that is sent now.
    await page.evaluate(() => fetch('/health'));
    expect(answers).toEqual([`${server.url}/health`]);
    expect(frame.url()).toBe(`${server.url}/frame.html`);
  });

  it.each([
    ['a link to a script', '<a id="go" href="javascript:document.title = \'ran\'">go</a>'],
    ['a link to another site', '<a id="go" href="EVIL/">go</a>'],
    ['a link to the whole window', '<a id="go" href="EVIL/" target="_top">go</a>'],
    ['a link to a new window', '<a id="go" href="EVIL/" target="_blank">go</a>'],
  ])('goes nowhere by %s', async (_, html) => {
    const address = page.url();
    await show(html.replace('EVIL', evil.url));
    await frame.locator('#go').click({ noWaitAfter: true });
    await frame.evaluate(() => new Promise((done) => setTimeout(done, 200))).catch(() => {});
    expect([page.url(), browser.contexts()[0]?.pages().length]).toEqual([address, 1]);
    expect(answers).toEqual([]);
    // The frame shows an error where its parent forbids the address; a new one is needed then.
    await page.reload();
    frame = await until('the frame is there', () => page.frames().find((one) => one.url().endsWith('/frame.html')));
    await frame.waitForLoadState('load');
  });

  it('has no origin: it reads neither this server nor its parent, and keeps nothing', async () => {
    await show('<p>x</p>');
    const tried = await frame.evaluate(async (url) => {
      const attempt = async (work: () => unknown) => {
        try {
          return await work();
        } catch (error) {
          return (error as Error).name;
        }
      };
      return {
        origin: window.origin,
        parent: await attempt(() => parent.document.title),
        storage: await attempt(() => localStorage.length),
        cookies: await attempt(() => document.cookie),
        server: await attempt(() => fetch(`${url}/health`)),
      };
    }, server.url);
    expect(tried).toEqual({
      ...{ origin: 'null', parent: 'SecurityError', storage: 'SecurityError', cookies: 'SecurityError' },
      server: 'TypeError',
    });
  });

  it('takes no text from another origin, nor may one show it', async () => {
    const stranger = await browser.newPage();
    await openPage(stranger, evil.url, {
      body: `<iframe src="${server.url}/frame.html"></iframe>`,
      policy: 'frame-src *',
    });
    const shown = await until('it was refused', () =>
      stranger.frames().find((one) => one.url().startsWith('chrome-error:')),
    );
    expect(shown).toBeDefined();
    await stranger.close();
    await show('<p id="kept">kept</p>');
    // Not its parent: the frame itself sends, from an opaque origin.
    await frame.evaluate(() => window.postMessage('<p id="forged">forged</p>', '*'));
    await frame.evaluate(() => new Promise((done) => setTimeout(done, 50)));
    expect([await frame.locator('#kept').count(), await frame.locator('#forged').count()]).toEqual([1, 0]);
  });
});
