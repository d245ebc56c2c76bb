import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasNats } from '../../../test/support/bus/nats-server.ts';
import { type GatewaySetup, startGatewaySetup } from '../../../test/support/cap/gateway-setup.ts';
import { startSdkWorker } from '../../../test/support/cap/sdk-worker.ts';
import { startWorkerProcess } from '../../../test/support/cap/worker-process.ts';
import { createTempFolder } from '../../../test/support/temp-folder.ts';
import { until } from '../../../test/support/until.ts';
import { harmOf, MARKUP, OVERRIDE } from './support/hostile-words.ts';
import { accessibilityProblems, type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';

const KNOWN = 'query ($id: ID!) { worker(id: $id) { alive } }';
const RESTRICTIONS = '{ workerRestrictions { workerId kind } }';

describe.skipIf(skipped || !hasNats)(`workers ${skipped ?? ''}`, () => {
  let stack: AsyncDisposableStack;
  let setup: GatewaySetup;
  let dashboard: Dashboard;
  let pools: string;
  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    const folder = stack.use(await createTempFolder());
    pools = join(folder.path, 'pools.yaml');
    await writeFile(pools, 'builders: { runtime: remote }\n');
    setup = stack.use(await startGatewaySetup());
    dashboard = stack.use(await openDashboard({ env: { ...setup.nodeEnv, POOLS_FILE: pools } }));
  });
  afterAll(() => stack?.disposeAsync());

  const startWorker = (id: string) =>
    startWorkerProcess({
      ...{ nats: setup.nats, server: dashboard.server, id, pools: ['builders'] },
      env: { POOLS_FILE: pools },
    });

  it('shows the slots of the server, and a worker as soon as it is heard of', async () => {
    const page = await dashboard.open('/workers', { as: 'admin' });
    await page.getByText('No workers yet').waitFor();
    await page.getByRole('region', { name: 'Load of the server' }).getByText('Steps in the queue').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await using _worker = await startWorker('builder-1');
    const row = page.getByRole('row', { name: 'builder-1' });
    await row.getByText('Alive').waitFor();
    await row.getByRole('cell', { name: 'builders' }).waitFor();
  });

  it.each(['light', 'dark'] as const)('drains a worker, and gives it jobs again, %s', async (theme) => {
    const id = `builder-${theme}`;
    await using _worker = await startWorker(id);
    const page = await dashboard.open('/workers', { as: 'admin', theme });
    const drained = async () =>
      (await dashboard.ask('admin', RESTRICTIONS)).workerRestrictions.map((one: { workerId: string }) => one.workerId);
    await page.getByRole('button', { name: id }).click();
    const panel = page.getByRole('region', { name: id });
    await panel.getByRole('button', { name: 'Drain' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Drain' }).click();
    await panel.getByText('Drained').waitFor();
    expect(await drained()).toEqual([id]);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole('tab', { name: 'Restrictions' }).click();
    await page.getByRole('cell', { name: id }).waitFor();
    await page.getByRole('tab', { name: 'Remote workers' }).click();
    await page.getByRole('button', { name: id }).click();
    await panel.getByRole('button', { name: 'Give it jobs again' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Give it jobs' }).click();
    await panel.getByText('Alive').waitFor();
    expect(await drained()).toEqual([]);
  });

  it('revokes the key of a worker when somebody confirms it, and the worker is refused from then on', async () => {
    const id = 'builder-lost';
    await using _worker = await startWorker(id);
    const page = await dashboard.open(`/workers?worker=${id}`, { as: 'admin' });
    const known = async () => (await dashboard.ask('admin', KNOWN, { id })).worker;
    await page.getByRole('button', { name: 'Revoke key' }).click();
    const dialog = page.getByRole('dialog', { name: `Revoke the key of ${id}?` });
    await dialog.getByText('This cannot be undone').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await known()).toMatchObject({ alive: true });
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByRole('row', { name: id }).getByText('✕ Key revoked').waitFor();
    const refused = () =>
      dashboard.server.logged('workers.packet_refused').some(({ reason }) => reason.includes('was revoked'));
    await until('its next packet is refused', refused);
    expect(await known()).toBeNull();
    await page.getByRole('link', { name: `The key of ${id} is revoked` }).click();
    await page.getByRole('row', { name: id }).getByText('Key revoked').waitFor();
  });

  it('sends a job that was given up again, when somebody confirms it', async () => {
    await using sender = await setup.client('builder');
    const silent = await startSdkWorker({
      ...{ url: setup.nats.url, id: 'w2', subject: 'job.late' },
      handle: () => undefined,
    });
    const jobId = await sender.submit({ topic: 'job.late', budget: { deadline_ms: 200 } });
    await until('it has a dead letter', () => sender.lettersOf(jobId).length > 0);
    await silent.stop();
    const page = await dashboard.open('/workers?show=letters', { as: 'admin' });
    await page.getByRole('row', { name: jobId }).getByText('timeout').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByLabel('Reason').selectOption('safety_denied');
    await page.getByText('No dead letters with this reason').waitFor();
    await page.getByLabel('Reason').selectOption('timeout');
    await using worker = await startSdkWorker({ url: setup.nats.url, id: 'w3', subject: 'job.late' });
    await page.getByRole('button', { name: `Send again ${jobId}` }).click();
    expect(worker.jobs).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click();
    await page.getByRole('link', { name: `Started ${jobId}` }).waitFor();
    await until('the worker has it', () => worker.jobs.length === 1);
  });

  it('shows a worker by an ID that is made to deceive, on a phone too', async () => {
    const id = `${OVERRIDE}${MARKUP}`.padEnd(200, 'w');
    await using worker = await startSdkWorker({ url: setup.nats.url, id, subject: 'job.odd' });
    worker.send('sys.heartbeat', {
      heartbeat: { worker_id: id, max_parallel_jobs: 1, progress_pct: 5, last_memo: id },
    });
    const page = await dashboard.open('/workers', { as: 'admin', width: 390 });
    await page.getByRole('button', { name: id }).click();
    await page.getByRole('region', { name: id }).waitFor();
    expect(await harmOf(page)).toEqual([]);
  });

  it('says which rule hides the load and the workers', async () => {
    const page = await dashboard.open('/workers', { as: 'bob' });
    await page.getByText('The load of the server is not shown').waitFor();
    await page.getByRole('heading', { name: 'You may not see the workers' }).waitFor();
    await page.getByText('none lets user do query:workers').waitFor();
  });
});
