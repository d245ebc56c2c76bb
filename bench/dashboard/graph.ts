import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openDashboard } from '../../clients/dashboard/test/support/open-dashboard.ts';
import { type BenchOptions, median } from '../load/figure.ts';
import { startMeter } from './page-meter.ts';
import { printFigure } from './print-figure.ts';

const LAYOUT = join(import.meta.dirname, '../../clients/dashboard/src/parts/graph/layout.ts');
const ROUNDS = { full: 9, quick: 5 };
const LAID_OUT_STEPS = 1_000;
const MAX_LAYOUT_MS = 100;
/** Steps of a graph, with the time in which it has to be there. */
const MOUNTED = [
  [200, 300],
  [500, 600],
] as const;

/** Each depends on three before it. Runs in the browser. @returns the milliseconds of one layout */
const LAY_OUT = `(steps) => {
  const nodes = Array.from({ length: steps }, (_, n) => 's' + n);
  const edges = nodes.flatMap((to, n) => [1, 7, 31].filter((by) => n >= by).map((by) => ({ from: 's' + (n - by), to })));
  const began = performance.now();
  layoutGraph({ nodes, edges });
  return performance.now() - began;
}`;

/** From a click on the tab of the graph to the frame after the one in which all nodes are there. Runs in the browser. */
const MOUNT = `(steps) => new Promise((resolve) => {
  let clicked;
  addEventListener('click', ({ timeStamp }) => (clicked = timeStamp), { capture: true, once: true });
  const look = () => {
    const isThere = clicked !== undefined && document.querySelectorAll('[data-node]').length === steps;
    requestAnimationFrame(isThere ? () => resolve(performance.now() - clicked) : look);
  };
  look();
})`;

/** The layout of a graph of 1,000 steps, and how long graphs take until all of their nodes are drawn. */
export async function measureGraph({ quick }: BenchOptions): Promise<void> {
  const rounds = quick ? ROUNDS.quick : ROUNDS.full;
  await using dashboard = await openDashboard();
  const blank = await dashboard.open('/frame.html', { as: 'admin' });
  await blank.goto('about:blank');
  const layout = await layoutTimes(blank, rounds);
  printFigure(`layout of ${LAID_OUT_STEPS} steps`, median(layout), 'ms', rounds, ['maximum', MAX_LAYOUT_MS]);

  const start = 'mutation ($input: StartRunInput!) { startRun(input: $input) { ... on Run { id } } }';
  for (const [steps, limit] of MOUNTED) {
    const document = { name: 'graph', steps: Array.from({ length: steps }, (_, n) => stepOf(n)) };
    const { startRun } = await dashboard.ask('admin', start, { input: { source: { document }, waitMs: 30_000 } });
    const page = await dashboard.open(`/runs/${startRun.id}?view=list`, { as: 'admin' });
    const meter = await startMeter(page);
    const times: number[] = [];
    const work: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      await page.getByRole('list', { name: 'Steps' }).waitFor();
      const before = await meter.work();
      const mounting = page.evaluate<number>(`(${MOUNT})(${steps})`);
      await page.getByRole('tab', { name: 'Graph' }).click();
      const time = await mounting;
      const after = await meter.work();
      await page.getByRole('tab', { name: 'Steps' }).click();
      // The first round loads the code of graphs.
      if (round === 0) continue;
      times.push(time);
      work.push((after.task - before.task) * 1_000);
    }
    printFigure(`graph of ${steps} steps`, median(times), 'ms', rounds, ['maximum', limit]);
    printFigure(`graph of ${steps} steps, on a processor`, median(work), 'ms', rounds, ['maximum', limit]);
  }
}

/** The module of the dashboard itself, which the page does not export. */
async function layoutTimes(page: Page, rounds: number): Promise<number[]> {
  const code = stripTypeScriptTypes(await readFile(LAYOUT, 'utf8')).replaceAll(/^export /gm, '');
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1)
    times.push(await page.evaluate<number>(`(() => { ${code}; return (${LAY_OUT})(${LAID_OUT_STEPS}); })()`));
  return times;
}

function stepOf(n: number) {
  const before = [1, 7, 31].filter((by) => n >= by).map((by) => `s${n - by}`);
  return { id: `s${n}`, kind: 'transform', depends_on: before, input: { data: 1, expression: '$' } };
}
