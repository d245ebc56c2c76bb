import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { isWithoutBrowser, launchBrowser } from '../support/surfaces/browser.ts';
import { until } from '../support/until.ts';

const FETCH = 'mutation { fetch(input: { source: { uri: "data:,x" } }) { ... on CommandOutcome { run { id } } } }';

describe.skipIf(isWithoutBrowser)(
  'GraphiQL in a browser (Chromium must be installed; without it this is skipped)',
  () => {
    let server: Server;
    let browser: Browser;
    let page: Page;
    /** Whatever the browser complained about. */
    const complaints: string[] = [];

    beforeAll(async () => {
      server = await startServer();
      browser = await launchBrowser();
      page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      page.setDefaultTimeout(110_000);
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
      page.on('request', (request) => {
        if (!request.url().startsWith(`${server.url}/`)) complaints.push(`not of this server: ${request.url()}`);
      });
      await page.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
          console.error(`CSP: ${violatedDirective} ${blockedURI}`);
        });
      });
    });

    afterAll(async () => {
      await browser?.close();
      await server?.stop('SIGKILL');
    });

    /** What is to be seen of the answer, without the white space that wrapping brings. */
    const shown = async () => (await page.locator('.graphiql-response .view-lines').innerText()).replace(/\s/g, '');
    const execute = () => page.locator('.graphiql-execute-button').click();

    async function open(tab: string) {
      await page.locator('.graphiql-tab-button', { hasText: tab }).click();
      await page.locator('.graphiql-tab-active', { hasText: tab }).waitFor();
    }

    /** Executes until GraphiQL has noticed that another tab is open: for a moment it has the old one's operation, or none. */
    async function executeNew(finished: () => Promise<unknown>) {
      await until('it is executed', async () => {
        complaints.length = 0;
        await execute();
        await until('there is an answer', finished);
        return !/Couldnotdeterminewhatoperationtoexecute|Unabletoidentifyoperation|SyntaxError/.test(await shown());
      });
    }

    it('loads from this server alone, without a complaint', async () => {
      await page.goto(`${server.url}/graphql`);
      await page.locator('.graphiql-query-editor .view-line', { hasText: 'signIn' }).first().waitFor();
      expect(await page.locator('.graphiql-tab').count()).toBeGreaterThan(3);
      expect(await page.locator('#viewer').innerText()).toMatch(/^Not signed in\./);
      expect(complaints).toEqual([]);
    });

    it('opens with the query and the variables of its address', async () => {
      const linked = new URLSearchParams({ query: 'query Linked { health { status } }', variables: '{"linked":true}' });
      const other = await browser.newPage();
      await other.goto(`${server.url}/graphql?${linked}`);
      await other.locator('.graphiql-query-editor .view-line', { hasText: 'Linked' }).first().waitFor();
      await other.locator('.graphiql-editor-tool .view-line', { hasText: '"linked"' }).first().waitFor();
      await other.close();
    });

    it('opens each tab by one click, also on the first visit', async () => {
      const tabs = await page.locator('.graphiql-tab-button').allInnerTexts();
      for (const tab of [...tabs.slice(1), ...tabs.slice(0, 1)]) await open(tab);
      expect(complaints).toEqual([]);
    });

    it('runs the examples that it opens with, from the sign-in on', async () => {
      await executeNew(async () => /"token":|"errors"/.test(await shown()));
      expect(await shown()).toContain('"token":');
      const [, token = ''] = /"token":"([^"]+)"/.exec(await shown()) ?? [];
      expect((await server.query('{ viewer { username } }', {}, token)).data.viewer.username).toBe('alice');

      const tabs = await page.locator('.graphiql-tab-button').allInnerTexts();
      const examples = tabs.filter((tab) => !['SignIn', 'Follow', 'RunUpdated'].includes(tab));
      expect(examples.length).toBeGreaterThan(2);
      for (const tab of examples) {
        await open(tab);
        await executeNew(async () => /^\{"(data|errors)":/.test(await shown()));
        expect(await shown(), tab).not.toMatch(/"errors"|"code":"|"state":"(FAILED|DENIED)"/);
        expect(complaints, tab).toEqual([]);
      }
    });

    it('shows who is signed in, also when the page is reloaded, until the token is refused', async () => {
      const viewer = page.locator('#viewer', { hasText: 'Signed in as alice (analyst), tenant default.' });
      await viewer.waitFor();
      await page.reload();
      await viewer.waitFor();
      const [key] = await page.evaluate(() => Object.keys(sessionStorage));
      const valid = await page.evaluate((name) => sessionStorage.getItem(name), String(key));
      await page.evaluate((name) => sessionStorage.setItem(name, 'no token'), String(key));
      await page.reload();
      await page.locator('#viewer', { hasText: 'Not signed in.' }).waitFor();
      expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual([]);
      await page.evaluate(([name, value]) => sessionStorage.setItem(String(name), String(value)), [key, valid]);
      await page.reload();
      await viewer.waitFor();
      complaints.length = 0;
    });

    it('shows the events of a subscription as they come', async () => {
      await open('Follow');
      await executeNew(async () => /"events":\[\]|"errors"/.test(await shown()));
      // Alice's subject, as the accounts of development have it.
      const token = await tokenFor('dev:alice', { roles: ['analyst'] });
      for (let i = 0; i < 2; i++) {
        const { id } = (await server.query(FETCH, {}, token)).data.fetch.run;
        await until('the events are shown', async () => (await shown()).includes(id));
      }
      expect(complaints).toEqual([]);
      if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
    });
  },
);
