import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCuttingProxy } from '../../../test/support/cutting-proxy.ts';
import { createTempFolder } from '../../../test/support/temp-folder.ts';
import { type LoggingAgent, startLoggingAgent, storeLongLog } from './support/long-log.ts';
import {
  accessibilityProblems,
  type Dashboard,
  openDashboard,
  signInAgain,
  skipped,
} from './support/open-dashboard.ts';

const LINES = 50_000;
const GREEN = '\u001b[1;32m';
const FOLDED = 'failed at\n  first.ts\n  second.ts';

/** One needle near the beginning, an error and a warning now and then, an event of several lines near the end. */
function lineOf(n: number) {
  if (n === 700) return { level: 'INFO', text: 'line 700 has the needle' } as const;
  if (n === LINES - 20) return { level: 'WARN', text: FOLDED } as const;
  if (n === LINES - 10) return { level: 'INFO', text: `line ${n} is ${GREEN}green` } as const;
  return { level: n % 5_000 === 17 ? 'ERROR' : n % 10 === 0 ? 'DEBUG' : 'INFO', text: `line ${n}` } as const;
}

describe.skipIf(skipped)(`the log of a step ${skipped ?? ''}`, () => {
  const closing = new AsyncDisposableStack();
  let agent: LoggingAgent;
  let dashboard: Dashboard;
  let proxy: Awaited<ReturnType<typeof startCuttingProxy>>;
  let runId: string;
  let firstSeq: number;

  beforeAll(async () => {
    const { path: dataDir } = closing.use(await createTempFolder());
    agent = closing.use(await startLoggingAgent());
    ({ runId, firstSeq } = await storeLongLog(
      dataDir,
      agent,
      Array.from({ length: LINES }, (_, n) => lineOf(n)),
    ));
    dashboard = await openDashboard({ dataDir, env: agent.env });
    proxy = await startCuttingProxy(Number(new URL(dashboard.server.url).port));
  });
  afterAll(async () => {
    await proxy?.stop();
    await dashboard?.close();
    await closing.disposeAsync();
  });

  async function open(query = '', visit: Parameters<Dashboard['open']>[1] = {}) {
    const page = await dashboard.open(`/runs/${runId}${query}`, { as: 'admin', ...visit });
    await rowOf(page, /./).first().waitFor();
    return page;
  }

  const rowOf = (page: Page, text: string | RegExp) => page.getByRole('option').filter({ hasText: text });
  const list = (page: Page) => page.getByRole('listbox');
  const scroll = (page: Page, top: number) =>
    list(page).evaluate((element, to) => {
      element.scrollTop = to;
    }, top);
  const isInView = (page: Page, text: string | RegExp) =>
    rowOf(page, text).evaluate((row) => {
      const box = row.closest('[role=listbox]')?.getBoundingClientRect();
      const { top, bottom } = row.getBoundingClientRect();
      return box !== undefined && top >= box.top - 1 && bottom <= box.bottom + 1;
    });

  it('opens at its end, and says how many lines of each level there are', async () => {
    const page = await open();
    await expect.poll(() => isInView(page, 'line 49999')).toBe(true);
    await page.getByText(`500 of ${LINES.toLocaleString('en')} lines`).waitFor();
    await page.getByRole('button', { name: 'Errors 10' }).waitFor();
    expect(await page.getByRole('option').count()).toBeLessThan(100);
  });

  it('reads older lines when they are scrolled to, and shows the same lines as before', async () => {
    const page = await open();
    await page.getByText('500 of').waitFor();
    await scroll(page, 300);
    await page.getByText('1,000 of').waitFor();
    // The row that was at 300 pixels: the 15th of those that were loaded first.
    await expect.poll(() => isInView(page, 'line 49516')).toBe(true);
  });

  it('opens at the line of its URL, reads on both sides of it, and leads to the end at once', async () => {
    const page = await open(`?line=${firstSeq + 20_000}`);
    await expect.poll(() => isInView(page, /line 20000$/)).toBe(true);
    await page.getByText('500 of 50,000 lines; scroll for others').waitFor();
    await scroll(page, 0);
    await page.getByText('1,000 of 50,000').waitFor();
    await expect.poll(() => isInView(page, /line 19750$/)).toBe(true);
    await scroll(page, 1_000_000);
    await page.getByText('1,500 of 50,000').waitFor();
    await expect.poll(() => isInView(page, /line 20249$/)).toBe(true);
    const shown = await page.getByRole('option').evaluateAll((rows) => rows.map(({ dataset }) => Number(dataset.seq)));
    expect(shown).toEqual(shown.map((_, index) => (shown[0] ?? 0) + index));
    await page.keyboard.press('f');
    await expect.poll(() => isInView(page, 'line 49999')).toBe(true);
    await page.getByText('500 of 50,000 lines; scroll up for older ones').waitFor();
  });

  it('keeps the lines in view where they are when others are added and dropped', { timeout: 120_000 }, async () => {
    const page = await open(`?line=${firstSeq + 20_000}`);
    for (let last = 20_249; last <= 30_249; last += 500) {
      await scroll(page, 1_000_000);
      await rowOf(page, new RegExp(`line ${last + 1}$`)).waitFor();
      expect(await isInView(page, new RegExp(`line ${last}$`))).toBe(true);
    }
    await page.getByText('10,000 of 50,000').waitFor();
    // By now the first of them are dropped.
    await scroll(page, 0);
    await rowOf(page, /line 20749$/).waitFor();
    expect(await isInView(page, /line 20750$/)).toBe(true);
    await page.keyboard.press('f');
    await expect.poll(() => isInView(page, 'line 49999')).toBe(true);
  });

  it('finds what is loaded, asks the server for the rest, and loads the lines around it alone', async () => {
    const page = await open();
    await page.keyboard.press('/');
    await page.keyboard.type('NEEDLE');
    await page.getByText('1 match').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('1 of 1').waitFor();
    await expect.poll(() => isInView(page, 'line 700 has the needle')).toBe(true);
    await page.getByText('500 of 50,000 lines').waitFor();
    expect(await page.locator('mark').allTextContents()).toEqual(['needle']);
    await page.getByLabel('Find in the log').fill('line 4999');
    await page.getByText('11 matches').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('1 of 11', { exact: true }).waitFor();
    await expect.poll(() => isInView(page, /line 4999$/)).toBe(true);
    await page.keyboard.press('Shift+Enter');
    await page.getByText('11 of 11').waitFor();
    await expect.poll(() => isInView(page, 'line 49999')).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByText('1 of 11', { exact: true }).waitFor();
  });

  it('does not number matches of a log that is longer than what the server counts', async () => {
    const page = await open();
    await page.route('**/graphql', async (route) => {
      const response = await route.fetch();
      const text = await response.text();
      // Of a later line, which a log of 50,000 lines does not have.
      await route.fulfill({ response, body: text.replace(/("newest":.*"seq":)\d+/, '$1200001') });
    });
    await page.getByLabel('Find in the log').fill('line 4999');
    await page.getByText('11 matches in the newest 200,000 events').waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => isInView(page, 'line 49999')).toBe(true);
    await page.getByText('11 matches in the newest 200,000 events').waitFor();
  });

  it('finds a line that is not loaded after a sign-in when the session has ended', async () => {
    const page = await open();
    await page.getByLabel('Find in the log').fill('needle');
    await page.getByText('1 match', { exact: true }).waitFor();
    await page.context().clearCookies();
    await page.getByLabel('Find in the log').press('Enter');
    await signInAgain(page, 'admin');
    await expect.poll(() => isInView(page, 'line 700 has the needle')).toBe(true);
  });

  it('keeps the selected line in the URL, and copies a range of lines', async () => {
    const page = await open();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await rowOf(page, 'line 49995').locator('[data-act=select]').click();
    await expect.poll(() => new URL(page.url()).searchParams.get('line')).toMatch(/^\d+$/);
    await rowOf(page, 'line 49997')
      .locator('[data-act=select]')
      .click({ modifiers: ['Shift'] });
    await page.getByText('Copied 3 lines').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('line 49995\nline 49996\nline 49997');
    await page.reload();
    await page.getByRole('option', { selected: true }).filter({ hasText: 'line 49995' }).waitFor();
  });

  it('is used by keys alone', async () => {
    const page = await open();
    await page.keyboard.press('e');
    await page.getByRole('option', { selected: true }).filter({ hasText: 'line 45017' }).waitFor();
    await list(page).focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('option', { selected: true }).filter({ hasText: 'line 45018' }).waitFor();
    await page.keyboard.press('f');
    await expect.poll(() => isInView(page, 'line 49999')).toBe(true);
  });

  it('folds the lines of one event, and shows the colors of terminals', async () => {
    const page = await open();
    await rowOf(page, 'failed at').getByText('2 more').click();
    await rowOf(page, 'second.ts').waitFor();
    await rowOf(page, 'failed at').getByText('fold').click();
    await rowOf(page, 'second.ts').waitFor({ state: 'detached' });
    expect(await page.locator('[data-color=green]').allTextContents()).toEqual(['green']);
  });

  it('shows one level and above, and warns when that hides all lines', async () => {
    const page = await open();
    await page.getByRole('button', { name: /^Errors/ }).click();
    await page.getByText('10 lines', { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('level')).toBe('ERROR');
    const { runAgent } = await dashboard.ask(
      'admin',
      `mutation ($uri: URI!) { runAgent(input: { agent: { role: "Writer", goal: "Quiet", backend: { websocket: { uri: $uri } } } }) { ... on Run { id } } }`,
      { uri: agent.uri },
    );
    await agent.asked();
    agent.log('all is well');
    agent.finish();
    await page.goto(`${dashboard.server.url}/runs/${runAgent.id}?level=ERROR`);
    await page.getByText('The level hides the only line').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await rowOf(page, 'all is well').waitFor();
  });

  it('says that the level hides the line of its URL, and shows it with all levels', async () => {
    const page = await open(`?level=INFO&line=${firstSeq + 30_000}`);
    await page.getByText(`The level hides line ${(firstSeq + 30_000).toLocaleString('en')}`).waitFor();
    await expect.poll(() => isInView(page, /line 30001$/)).toBe(true);
    await page.getByRole('button', { name: 'Show all levels' }).click();
    await page
      .getByRole('option', { selected: true })
      .filter({ hasText: /line 30000$/ })
      .waitFor();
    await expect.poll(() => isInView(page, /line 30000$/)).toBe(true);
    await page.goto(`${dashboard.server.url}/runs/${runId}?line=9999999`);
    await page.getByText('This log has no line 9,999,999').waitFor();
  });

  it.each(['light', 'dark'] as const)('can be used by everyone in its %s theme', async (theme) => {
    const page = await open('?find=line', { theme });
    await rowOf(page, 'line 49995').locator('[data-act=select]').click();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('follows the step at its end only, and misses nothing and doubles nothing when the connection is cut', async () => {
    const page = await open('', { through: proxy.url });
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Retry' }).click();
    await agent.asked();
    agent.log('new line 0');
    await expect.poll(() => isInView(page, 'new line 0')).toBe(true);
    await scroll(page, 5_000);
    agent.log('new line 1');
    await page.getByRole('button', { name: 'Follow', exact: true }).waitFor();
    await page.keyboard.press('f');
    await expect.poll(() => isInView(page, 'new line 1')).toBe(true);
    for (let n = 2; n < 400; n += 1) {
      agent.log(`new line ${n}`);
      if (n === 200) proxy.cut();
    }
    await expect.poll(() => isInView(page, 'new line 399'), { timeout: 10_000 }).toBe(true);
    await scroll(page, 10_000);
    await rowOf(page, /new line 0$/)
      .locator('[data-act=select]')
      .click();
    await page.keyboard.press('f');
    await rowOf(page, 'new line 399')
      .locator('[data-act=select]')
      .click({ modifiers: ['Shift'] });
    await page.getByText('Copied 400 lines').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied.split('\n')).toEqual(Array.from({ length: 400 }, (_, n) => `new line ${n}`));
    agent.finish();
    await page.getByText('Succeeded').first().waitFor();
  });
});
