import { startLoggingAgent, storeLongLog } from '../../clients/dashboard/test/support/long-log.ts';
import { openDashboard } from '../../clients/dashboard/test/support/open-dashboard.ts';
import { createTempFolder } from '../../test/support/temp-folder.ts';
import { type BenchOptions, median } from '../load/figure.ts';
import { printFigure } from './print-figure.ts';

const LINES = 50_000;
const ROUNDS = { full: 7, quick: 3 };
const MAX_OPEN_MS = 1_000;
const MAX_FIRST_LINE_MS = 300;
const MAX_FIND_MS = 1_000;

/** A run whose step has logged 50,000 lines: until it is there, its newest line from then on, and a word that is in one line near its beginning. */
export async function measureLongLog({ quick }: BenchOptions): Promise<void> {
  const rounds = quick ? ROUNDS.quick : ROUNDS.full;
  await using folder = await createTempFolder();
  await using agent = await startLoggingAgent();
  const lines = Array.from({ length: LINES }, (_, n) => ({
    level: 'INFO' as const,
    text: `line-${n} GET /a/path/of/the/service?page=${n} 200 12 ms, served from the cache of the worker`,
  }));
  const { runId } = await storeLongLog(folder.path, agent, lines);
  await using dashboard = await openDashboard({ dataDir: folder.path, env: agent.env });
  const times = { open: [] as number[], firstLine: [] as number[], find: [] as number[], lead: [] as number[] };
  for (let round = 0; round <= rounds; round += 1) {
    const page = await dashboard.open('/frame.html', { as: 'admin' });
    const began = performance.now();
    await page.goto(`${dashboard.server.url}/runs/${runId}`);
    await page.getByLabel('Find in the log').waitFor();
    const opened = performance.now();
    await page
      .getByRole('option')
      .filter({ hasText: `line-${LINES - 1} ` })
      .waitFor();
    const shown = performance.now();
    await page.getByLabel('Find in the log').fill('line-700 ');
    await page.getByText('1 match', { exact: true }).waitFor();
    const counted = performance.now();
    await page.keyboard.press('Enter');
    await page.getByRole('option').filter({ hasText: 'line-700 ' }).waitFor();
    const led = performance.now();
    await page.context().close();
    // The first round fills the caches of the server.
    if (round === 0) continue;
    times.open.push(opened - began);
    times.firstLine.push(shown - opened);
    times.find.push(counted - shown);
    times.lead.push(led - counted);
  }
  const print = (metric: string, values: readonly number[], limit: number) =>
    printFigure(metric, median(values), 'ms', rounds, ['maximum', limit]);
  print(`open a run of ${LINES} lines`, times.open, MAX_OPEN_MS);
  print('its newest line', times.firstLine, MAX_FIRST_LINE_MS);
  print('find a word in it', times.find, MAX_FIND_MS);
  print('show that line', times.lead, MAX_FIND_MS);
}
