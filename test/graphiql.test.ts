import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer, tokenFor } from './server.ts';
import { until } from './until.ts';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];
const FETCH = 'mutation { fetch(input: { source: { uri: "data:,x" } }) { ... on CommandOutcome { run { id } } } }';

describe.skipIf(!existsSync(CHROMIUM) && process.env.REQUIRE_SERVICES !== '1')(
  `GraphiQL in a browser (${CHROMIUM} must be there; without it this is skipped)`,
  { timeout: 60_000 },
  () => {
    let server: Server;
    let browser: Browser;
    let page: Page;
    /** Whatever the browser complained about. */
    const complaints: string[] = [];

    beforeAll(async () => {
      server = await startServer();
      browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
      page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
      page.on('response', (response) => {
        if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
      });
      page.on('request', (request) => {
        if (!request.url().startsWith(`${server.url}/`)) complaints.push(`not of this server: ${request.url()}`);
      });
      await page.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
          console.error(`CSP: ${violatedDirective} ${blockedURI}`);
        });
      });
    }, 60_000);

    afterAll(async () => {
      await browser?.close();
      await server?.stop('SIGKILL');
    });

    /** What the right half shows, without the white space that wrapping brings. */
    const shown = async () => (await page.locator('.graphiql-response .view-lines').innerText()).replace(/\s/g, '');

    async function open(tab: string, token: string) {
      await page.locator('.graphiql-tab-button', { hasText: tab }).click();
      await page.locator('.graphiql-tab-active', { hasText: tab }).waitFor();
      // As the first example tells: the word between the quotes is to be replaced.
      const place = page.locator('.graphiql-editor-tool .view-line span', { hasText: /PASTE_THE_TOKEN_HERE"$/ }).last();
      const { width = 0, height = 0 } = (await place.boundingBox()) ?? {};
      await place.dblclick({ position: { x: width - 60, y: height / 2 } });
      await page.keyboard.insertText(token);
    }

    const execute = () => page.locator('.graphiql-execute-button').click();

    it('loads from this server alone, without a complaint', async () => {
      await page.goto(`${server.url}/graphql`);
      await page.locator('.graphiql-query-editor .view-line', { hasText: 'signIn' }).first().waitFor();
      expect(await page.locator('.graphiql-tab').count()).toBeGreaterThan(3);
      expect(complaints).toEqual([]);
    });

    it('runs the examples that it opens with, from the sign-in on', async () => {
      await execute();
      const [, token = ''] = await until('there is a token', async () => /"token":"([^"]+)"/.exec(await shown()));
      const tabs = await page.locator('.graphiql-tab-button').allInnerTexts();
      const examples = tabs.filter((tab) => !['SignIn', 'Follow'].includes(tab));
      expect(examples.length).toBeGreaterThan(2);
      for (const tab of examples) {
        await open(tab, token);
        await execute();
        const answer = await until(`${tab} is answered`, async () => {
          const text = await shown();
          return text.startsWith('{"data":') && text.endsWith('}}') && text;
        });
        expect(answer, tab).not.toMatch(/"errors"|"Refusal"|"code":"|"state":"FAILED"/);
      }
      expect(complaints).toEqual([]);
    });

    it('shows the events of a subscription as they come', async () => {
      const token = await tokenFor('anna', { roles: ['analyst'] });
      await open('Follow', token);
      await execute();
      await until('it stands', async () => (await shown()).includes('"events":[]'));
      for (let i = 0; i < 2; i++) {
        const { id } = (await server.query(FETCH, {}, token)).data.fetch.run;
        await until('the events are shown', async () => (await shown()).includes(id));
      }
      expect(complaints).toEqual([]);
      if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
    });
  },
);
