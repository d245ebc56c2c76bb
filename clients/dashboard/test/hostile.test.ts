import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../../test/support/until.ts';
import { startWebServer, type WebServer } from '../../../test/support/web-server.ts';
import { type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';

const STORE = `mutation ($name: String!, $text: String!, $mediaType: MediaType!) {
  uploadArtifact(input: { name: $name, source: { text: { text: $text, mediaType: $mediaType } } }) {
    ... on Artifact { id run { id } } } }`;

/** Long enough for a refresh after 0 s and for loads to begin: what does not happen cannot be waited for. */
const SETTLE_MS = 400;

const RUNS = 'window.ran = true; window.parent.ran = true; window.top.ran = true;';

const html = (canary: string) => `<!doctype html><html><head>
  <meta http-equiv="refresh" content="0;url=${canary}/refresh"><base href="${canary}/">
  <link rel="stylesheet" href="${canary}/sheet.css"><style>@import url(${canary}/import.css);
  body { background: url(${canary}/background.png) } @font-face { font-family: x; src: url(${canary}/font.woff) }</style>
  <script>${RUNS}</script><script src="${canary}/script.js"></script></head>
  <body onload="${RUNS}"><p style="font-family: x; background-image: url('${canary}/inline.png')">Hostile</p>
  <img src="${canary}/image.png" onerror="${RUNS}"><img src="x" onerror="${RUNS}"><svg onload="${RUNS}"></svg>
  <iframe src="${canary}/frame"></iframe><object data="${canary}/object"></object><video src="${canary}/video"></video>
  <form action="${canary}/form"><button>Send</button></form>
  <a id="js" href="javascript:${RUNS}">Script</a> <a id="out" href="${canary}/link" target="_top">Link</a></body></html>`;

const svg = (canary: string) => `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
  width="80" height="40" onload="${RUNS}"><style>@import url(${canary}/import.css);</style><script>${RUNS}</script>
  <script href="${canary}/script.js"/><image href="${canary}/image.png" width="9" height="9"/>
  <foreignObject width="9" height="9"><iframe xmlns="http://www.w3.org/1999/xhtml" src="${canary}/frame"/></foreignObject>
  <a href="javascript:${RUNS}"><rect width="80" height="40" fill="red"/></a></svg>`;

const markdown = (canary: string) => `# Hostile

<script>${RUNS}</script>

<img src="${canary}/image.png" onerror="${RUNS}">

![image](${canary}/picture.png) [Script](javascript:${RUNS.replaceAll(' ', '')}) [Data](data:text/html,<script>${RUNS}</script>)

<meta http-equiv="refresh" content="0;url=${canary}/refresh">
`;

const FILES = [
  ['page.html', 'text/html', html],
  ['picture.svg', 'image/svg+xml', svg],
  ['notes.md', 'text/markdown', markdown],
] as const;

describe.skipIf(skipped)(`files that others wrote ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  let canary: WebServer;
  /** What the canary was asked for. */
  const asked: string[] = [];
  beforeAll(async () => {
    canary = await startWebServer((req, res) => {
      asked.push(req.url ?? '');
      res.setHeader('content-type', 'text/html');
      res.end(req.url === '/naked' ? html(canary.url).replace('http-equiv', 'data-none') : '');
    });
    dashboard = await openDashboard();
  });
  afterAll(async () => {
    await dashboard?.close();
    await canary?.close();
  });

  /** Where a script left its mark: the page, or a frame in it. */
  const ranIn = async (page: Page) => {
    const marks = await Promise.all(
      page.frames().map((frame) => frame.evaluate('Boolean(window.ran)').catch(() => false)),
    );
    return page
      .frames()
      .filter((_, index) => marks[index])
      .map((frame) => frame.url());
  };

  it('run and load when a browser shows them as they are', async () => {
    const page = await dashboard.open('/runs', { hostile: true });
    await page.goto(`${canary.url}/naked`);
    await until('the canary is asked', () => asked.includes('/image.png') && asked.includes('/script.js'));
    expect(await ranIn(page)).not.toEqual([]);
  });

  it.each(FILES)(
    '%s runs nothing, loads nothing and leads nowhere, in files and on the page of a run',
    async (...file) => {
      const [name, mediaType, textOf] = file;
      const { uploadArtifact: stored } = await dashboard.ask('alice', STORE, {
        name,
        mediaType,
        text: textOf(canary.url),
      });
      asked.length = 0;
      for (const path of [`/files?file=${stored.id}`, `/runs/${stored.run.id}?view=data`]) {
        const page = await dashboard.open(path, { as: 'alice', hostile: true });
        await shown(page, name);
        await page.waitForTimeout(SETTLE_MS);
        await clickAll(page);
        await page.waitForTimeout(SETTLE_MS);
        expect(await ranIn(page)).toEqual([]);
        expect(asked).toEqual([]);
        expect(page.url()).toBe(`${dashboard.server.url}${path}`);
        expect(page.context().pages()).toHaveLength(1);
      }
    },
  );
});

/** Waits until the file is shown, in the form of its media type. */
async function shown(page: Page, name: string): Promise<void> {
  if (name === 'page.html') await page.frameLocator('iframe').getByText('Hostile').waitFor();
  else if (name === 'picture.svg') {
    const image = page.getByRole('img', { name: 'What is stored' });
    await until('the picture is drawn', () =>
      image.evaluate((element) => (element as HTMLImageElement).naturalWidth > 0),
    );
  } else await page.getByRole('heading', { name: 'Hostile' }).waitFor();
}

/** Clicks what is there to be clicked in the file. */
async function clickAll(page: Page): Promise<void> {
  const frame = page.frames().find((one) => one.url().endsWith('/frame.html'));
  for (const id of ['#js', '#out']) await frame?.locator(id).click({ noWaitAfter: true, timeout: 2_000 });
  const image = page.getByRole('img', { name: 'What is stored' });
  if (await image.isVisible()) await image.click();
  for (const text of ['Script', 'Data']) {
    const link = page.getByText(text, { exact: true });
    if (await link.isVisible()) await link.click();
  }
}
