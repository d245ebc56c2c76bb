import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCuttingProxy } from '../../../test/support/cutting-proxy.ts';
import { type Server, startServer } from '../../../test/support/server.ts';
import { isWithoutBrowser, launchBrowser } from '../../../test/support/surfaces/browser.ts';
import { servePages } from './browser.ts';

const root = resolve(import.meta.dirname, '../../..');

const PAGE = `<!doctype html>
<script type="importmap">
  {
    "imports": {
      "@signalbox/sdk": "/sdk/index.js",
      "@signalbox/sdk/documents": "/sdk/generated/graphql.js",
      "graphql-ws/client": "/graphql-ws/client.js"
    }
  }
</script>
<script type="module">
  import { createClient, unwrap } from '@signalbox/sdk';
  import { ConvertToJsonDocument, RunEventsDocument } from '@signalbox/sdk/documents';

  window.work = async (url) => {
    const interruptions = [];
    const client = createClient({ url, onInterrupted: ({ code }) => interruptions.push(code) });
    const { principal } = await client.signIn('alice', 'alice');
    const file = new Blob(['name,price\\nlamp,12\\n'], { type: 'text/csv' });
    const { uri, digest } = await client.upload(file, { name: 'lamps.csv' });
    const { convertToJson } = await client.request(ConvertToJsonDocument, { input: { source: { uri } } });
    const { run, resource } = unwrap(convertToJson);
    const seqs = [];
    for await (const { runEvents } of client.subscribe(RunEventsDocument, { runId: run.id, batch: 1 })) {
      seqs.push(...runEvents.events.map(({ seq }) => seq));
    }
    const text = await (await client.download(digest)).text();
    client.close();
    return { user: principal.username, rows: resource.json.rows, seqs, text, interruptions };
  };
  document.title = 'ready';
</script>`;

describe.skipIf(isWithoutBrowser)('in a browser', () => {
  let dist: string;
  let pages: Awaited<ReturnType<typeof servePages>>;
  let server: Server;
  let proxy: Awaited<ReturnType<typeof startCuttingProxy>>;
  let browser: Browser;

  beforeAll(async () => {
    dist = await mkdtemp(join(tmpdir(), 'signalbox-sdk-'));
    // The files that npm packs. This also proves that they compile without the types of Node.
    const project = join(import.meta.dirname, '../tsconfig.build.json');
    await promisify(execFile)(join(root, 'node_modules/.bin/tsc'), ['--project', project, '--outDir', dist]);
    pages = await servePages(() => PAGE, { '/sdk/': dist, '/graphql-ws/': join(root, 'node_modules/graphql-ws/dist') });
    server = await startServer({ env: { CORS_ORIGINS: pages.url } });
    proxy = await startCuttingProxy(Number(new URL(server.url).port));
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await proxy?.stop();
    await server?.stop();
    await pages?.[Symbol.asyncDispose]();
    await rm(dist, { recursive: true, force: true });
  });

  it('works as in Node, without a bundler, from another origin, over a connection that is cut', async () => {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(pages.url);
    await page.waitForFunction("document.title === 'ready'").catch(() => {
      throw new Error(`the page did not load the client: ${problems.join('; ')}`);
    });
    proxy.cutAfter([700, 900]);
    const { seqs, ...rest } = (await page.evaluate(`window.work(${JSON.stringify(proxy.url)})`)) as {
      seqs: number[];
    };
    expect(rest).toEqual({
      user: 'alice',
      rows: [{ name: 'lamp', price: '12' }],
      text: 'name,price\nlamp,12\n',
      interruptions: ['UNAVAILABLE', 'UNAVAILABLE'],
    });
    expect(seqs.length).toBeGreaterThan(2);
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    expect(problems).toEqual([]);
  });
});
