import { readFile } from 'node:fs/promises';
import { startServer, tokenFor } from '../test/support/server.ts';
import { runReport, startReportWorld } from '../test/support/workflow/report-world.ts';
import { type BenchOptions, figure } from './load/figure.ts';

const EXAMPLE = new URL('../examples/workflows/report.yaml', import.meta.url);
const MAX_SECONDS = 10;
const MIB = 2 ** 20;

/**
 * examples/workflows/report.yaml over 5,000 and 50,000 orders (also 100,000 unless quick): the time from the start to the end of the run,
 * and by how much the memory of the server has grown at its peak, of which the check of the schema takes a part that grows with the orders.
 */
export async function main({ quick }: BenchOptions): Promise<void> {
  const yaml = await readFile(EXAMPLE, 'utf8');
  const token = await tokenFor('bench', { roles: ['admin'] });
  for (const orders of [5_000, 50_000, ...(quick ? [] : [100_000])]) {
    await using world = await startReportWorld(orders, 1250);
    await using server = await startServer({ env: { ALLOWED_PRIVATE_HOSTS: world.web.host } });
    const before = await server.memory();
    const began = performance.now();
    const { state } = await runReport(server, token, { yaml }, world);
    if (state !== 'SUCCEEDED') throw new Error(`The run is ${state}.`);
    const value = (performance.now() - began) / 1_000;
    const shared = { bench: 'report', n: orders };
    const peer = { name: 'maximum', value: MAX_SECONDS };
    figure({ ...shared, metric: `${orders} orders`, value, unit: 's', ...(orders === 50_000 && { peer }) });
    const growth = ((await server.memory('peak')) - before) / MIB;
    figure({ ...shared, metric: `growth of memory, ${orders} orders`, value: growth, unit: 'MiB' });
  }
}
