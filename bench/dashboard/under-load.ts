import type { Page } from 'playwright-core';
import { openDashboard } from '../../clients/dashboard/test/support/open-dashboard.ts';
import { portOf } from '../../clients/sdk/test/test-clients.ts';
import { startCuttingProxy } from '../../test/support/cutting-proxy.ts';
import { createMigratedDatabase } from '../../test/support/store/migrated-database.ts';
import { type BusyRun, lineText, startBusyRun } from '../load/busy-run.ts';
import { type BenchOptions, median } from '../load/figure.ts';
import { measureOffline } from './offline.ts';
import { type PageMeter, startMeter } from './page-meter.ts';
import { MAX_HEAP_MB, printFigure, printInputs, printWork } from './print-figure.ts';
import { openRunPageUser, type RunPageUser } from './use-run-page.ts';

const LOAD = { steps: 200, lines: 50_000, linesPerSecond: 400, changesPerSecond: 20 };
const SECONDS = { full: 600, quick: 60 };
/** As many as the page keeps. */
const KEPT_LINES = 10_000;
/** More is not flat. */
const MAX_GROWTH_MB_PER_MINUTE = 0.5;

/** The page of a run of 200 steps and 50,000 lines that continues at 400 lines and 20 changes a second, while somebody uses it. */
export async function measureUnderLoad({ quick }: BenchOptions): Promise<void> {
  const database = await createMigratedDatabase();
  try {
    await using dashboard = await openDashboard({ env: { DATABASE_URL: database.url } });
    await using busy = await startBusyRun({ url: database.url, ...LOAD });
    const proxy = await startCuttingProxy(portOf(dashboard.server));
    const { runId, step } = busy.state;
    const page = await dashboard.open(`/runs/${runId}?step=${step}`, { as: 'admin', through: proxy.url });
    await page
      .getByRole('option')
      .filter({ hasText: lineText(LOAD.lines - 1) })
      .waitFor();
    await page
      .locator('[data-node]')
      .nth(LOAD.steps - 1)
      .waitFor({ state: 'attached' });
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: proxy.url });
    const meter = await startMeter(page);
    const user = openRunPageUser(page, step);
    await measureUse(busy, meter, user, quick ? SECONDS.quick : SECONDS.full);
    await measureOffline({ page, busy, proxy, port: portOf(dashboard.server) });
    await measureKeptLines(page, busy, meter, user);
    await proxy.stop();
  } finally {
    await database.remove();
  }
}

async function measureUse(busy: BusyRun, meter: PageMeter, user: RunPageUser, seconds: number): Promise<void> {
  const began = performance.now();
  const secondsSince = (from: number) => (performance.now() - from) / 1_000;
  busy.load();
  await user.useLog();
  await user.useGraph();
  await meter.inputs();
  const workBefore = await meter.work();
  const warm = performance.now();
  const heaps: (readonly [minute: number, heap: number])[] = [[0, await meter.heap()]];
  while (secondsSince(warm) < seconds) {
    await user.useLog();
    await user.useGraph();
    // No input waits for the garbage collection.
    heaps.push([secondsSince(warm) / 60, await meter.heap()]);
  }
  const work = await meter.work();
  const measured = secondsSince(warm);
  const inputs = await meter.inputs();
  const { lines, changes } = await busy.pause();
  const loaded = secondsSince(began);

  const rate = (written: number) => written / loaded;
  printFigure('under load: lines', rate(lines - LOAD.lines), 'lines/s', lines - LOAD.lines, [
    'minimum',
    LOAD.linesPerSecond,
  ]);
  printFigure('under load: changes of steps', rate(changes), 'changes/s', changes, ['minimum', LOAD.changesPerSecond]);
  printInputs('under load', inputs);
  printFigure('under load: heap, begin', heaps[0]?.[1] ?? Number.NaN, 'MB', 1, ['maximum', MAX_HEAP_MB]);
  printFigure('under load: heap, end', heaps.at(-1)?.[1] ?? Number.NaN, 'MB', 1, ['maximum', MAX_HEAP_MB]);
  printFigure('under load: growth of the heap', slopeOf(heaps), 'MB/min', heaps.length, [
    'maximum',
    MAX_GROWTH_MB_PER_MINUTE,
  ]);
  printWork('under load', workBefore, work, measured);
}

/** The log with as many lines as the page keeps, while more follow. */
async function measureKeptLines(page: Page, busy: BusyRun, meter: PageMeter, user: RunPageUser): Promise<void> {
  await user.useGraph();
  await busy.burst(KEPT_LINES);
  await page.getByText(`${KEPT_LINES.toLocaleString('en')} of `).waitFor({ timeout: 60_000 });
  busy.load();
  await user.useLog();
  await meter.inputs();
  const heap = await meter.heap();
  for (let n = 0; n < 3; n += 1) await user.useLog();
  printInputs(`with ${KEPT_LINES} lines loaded`, await meter.inputs());
  printFigure(`with ${KEPT_LINES} lines loaded: heap`, heap, 'MB', 1, ['maximum', MAX_HEAP_MB]);
  await busy.pause();
}

/** The median of the slopes between all pairs of points: one point that lies elsewhere does not count. */
function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const slopes = points.flatMap(([x, y], n) =>
    points.slice(n + 1).map(([laterX, laterY]) => (laterY - y) / (laterX - x)),
  );
  return median(slopes);
}
