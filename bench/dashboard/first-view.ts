import { openDashboard } from '../../clients/dashboard/test/support/open-dashboard.ts';
import { type BenchOptions, median } from '../load/figure.ts';
import { printFigure } from './print-figure.ts';

const ROUNDS = { full: 9, quick: 3 };
/** Of each metric, in the order in which the page returns them. */
const LIMITS = {
  'JavaScript and CSS, compressed': [150, 'KiB'],
  requests: [12, 'requests'],
  'first contentful paint': [1_000, 'ms'],
  'largest contentful paint': [1_500, 'ms'],
  'layout shift': [0.02, 'score'],
} as const;

/** Collected by the page from its start. Runs in the browser. */
const OBSERVE = `window.seen = { lcp: 0, shift: 0 };
new PerformanceObserver((list) => list.getEntries().forEach((one) => (seen.lcp = one.startTime)))
  .observe({ type: 'largest-contentful-paint', buffered: true });
new PerformanceObserver((list) => list.getEntries().forEach((one) => (seen.shift += one.value)))
  .observe({ type: 'layout-shift', buffered: true });`;

const READ = `(() => {
  const resources = performance.getEntriesByType('resource');
  const code = resources.filter(({ name }) => /\\.(js|css)$/.test(new URL(name).pathname));
  return [
    code.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) / 1024,
    resources.length + 1,
    performance.getEntriesByName('first-contentful-paint')[0].startTime,
    seen.lcp,
    seen.shift,
  ];
})()`;

/** `/runs` with 50 runs, each time in a browser that has not seen it. */
export async function measureFirstView({ quick }: BenchOptions): Promise<void> {
  const rounds = quick ? ROUNDS.quick : ROUNDS.full;
  await using dashboard = await openDashboard();
  const document = { name: 'listed', steps: [{ id: 'one', kind: 'transform', input: { data: 1, expression: '$' } }] };
  const start = 'mutation ($input: StartRunInput!) { startRun(input: $input) { __typename } }';
  for (let n = 0; n < 50; n += 1)
    await dashboard.ask('admin', start, { input: { source: { document }, waitMs: 5_000 } });
  const samples: number[][] = [];
  for (let round = 0; round < rounds; round += 1) {
    const page = await dashboard.open('/frame.html', { as: 'admin' });
    await page.addInitScript(OBSERVE);
    await page.goto(`${dashboard.server.url}/runs`);
    await page.locator('[data-row]').nth(49).waitFor();
    await page.getByRole('img', { name: /^\d+ runs from/ }).waitFor();
    samples.push(await page.evaluate<number[]>(READ));
    await page.context().close();
  }
  for (const [index, [metric, [limit, unit]]] of Object.entries(LIMITS).entries()) {
    const value = median(samples.map((sample) => sample[index] ?? Number.NaN));
    printFigure(`first view: ${metric}`, value, unit, rounds, ['maximum', limit]);
  }
}
