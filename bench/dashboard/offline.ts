import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { STATES } from '../../clients/dashboard/src/ui/states.ts';
import { closedPort } from '../../clients/sdk/test/test-clients.ts';
import type { startCuttingProxy } from '../../test/support/cutting-proxy.ts';
import { until } from '../../test/support/until.ts';
import { type BusyRun, isWarning, lineText } from '../load/busy-run.ts';
import { figure } from '../load/figure.ts';
import { printFigure } from './print-figure.ts';

const OFFLINE_MS = 30_000;
/** The page retries with growing delays. */
const TIMEOUT_MS = 60_000;

/** The rows of the list of steps: key and state. Runs in the browser. */
const STEPS = `[...document.querySelectorAll('ol[aria-label=Steps] button')].map((row) =>
  row.querySelector('b').textContent + ' ' + row.querySelector('[data-tone]').textContent)`;

interface Options {
  readonly page: Page;
  readonly busy: BusyRun;
  readonly proxy: Awaited<ReturnType<typeof startCuttingProxy>>;
  /** Of the server. */
  readonly port: number;
}

/**
 * A page whose connection is lost for 30 s while its run continues: each line is there once, each step is in the state that the journal has. Its log
 * shows warnings, because a page keeps fewer lines than all that follow.
 */
export async function measureOffline({ page, busy, proxy, port }: Options): Promise<void> {
  const numberOf = (line: number) =>
    page
      .getByRole('option')
      .filter({ hasText: lineText(line) })
      .locator('[data-act=select]');
  const lastWarning = (count: number) => Array.from({ length: count }, (_, n) => n).findLast(isWarning) ?? 0;
  const first = lastWarning((await busy.pause()).lines);
  await page.getByRole('button', { name: /^Warnings/ }).click();
  await numberOf(first).click();
  busy.load();
  proxy.redirect(await closedPort());
  proxy.cut();
  await page.getByRole('alert').getByText('Not connected').waitFor();
  await sleep(OFFLINE_MS);
  proxy.redirect(port);
  const began = performance.now();
  await page.getByRole('alert').waitFor({ state: 'detached', timeout: TIMEOUT_MS });
  const { lines, states } = await busy.pause();
  await page.keyboard.press('f');
  const last = lastWarning(lines);
  await numberOf(last).waitFor({ timeout: TIMEOUT_MS });
  const seconds = (performance.now() - began) / 1_000;
  figure({ bench: 'dashboard', metric: '30 s offline: until all is shown', value: seconds, unit: 's', n: 1 });

  await numberOf(last).click({ modifiers: ['Shift'] });
  await page.getByText(/^Copied \d+ lines$/).waitFor();
  const copied = (await page.evaluate(() => navigator.clipboard.readText())).split('\n');
  const expected = Array.from({ length: last + 1 - first }, (_, n) => first + n)
    .filter(isWarning)
    .map(lineText);
  const none = ['maximum', 0] as const;
  printFigure(
    '30 s offline: lines missing, doubled or misplaced',
    differences(copied, expected),
    'lines',
    expected.length,
    none,
  );

  await page.getByRole('tab', { name: 'Steps' }).click();
  const wanted = Object.entries(states).map(([key, state]) => `${key} ${STATES[state].word}`);
  const wrong = async () => differences(await page.evaluate<string[]>(STEPS), wanted);
  // What is wrong is printed.
  await until('all steps are as in the journal', async () => (await wrong()) === 0, TIMEOUT_MS).catch(() => {});
  printFigure('30 s offline: steps missing or in another state', await wrong(), 'steps', wanted.length, none);
  await page.getByRole('tab', { name: 'Graph' }).click();
  await page.getByRole('button', { name: /^All/ }).click();
}

/** How many places differ: one that is missing or doubled moves all that follow. */
function differences(one: readonly string[], other: readonly string[]): number {
  const [longer, shorter] = one.length > other.length ? [one, other] : [other, one];
  return longer.filter((text, n) => text !== shorter[n]).length;
}
