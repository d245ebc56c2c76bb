import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasNats } from '../../../test/support/bus/nats-server.ts';
import { type GatewaySetup, startGatewaySetup } from '../../../test/support/cap/gateway-setup.ts';
import { startSdkWorker } from '../../../test/support/cap/sdk-worker.ts';
import { startWorkerProcess } from '../../../test/support/cap/worker-process.ts';
import type { Server } from '../../../test/support/server.ts';
import { createTempFolder } from '../../../test/support/temp-folder.ts';
import { until } from '../../../test/support/until.ts';
import { signedIn } from './signed-in.ts';

describe.skipIf(!hasNats)('over NATS', () => {
  let stack: AsyncDisposableStack;
  let setup: GatewaySetup;
  let server: Server;
  let pools: string;
  let admin: Awaited<ReturnType<typeof signedIn>>;
  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    const folder = stack.use(await createTempFolder());
    pools = join(folder.path, 'pools.yaml');
    await writeFile(pools, 'builders: { runtime: remote }\n');
    setup = stack.use(await startGatewaySetup());
    server = stack.use(await setup.startNode({ env: { POOLS_FILE: pools } }));
    admin = await signedIn(server, { user: 'dev:admin' });
  });
  afterAll(() => stack.disposeAsync());

  /** The rows of a verb that succeeds. */
  const rowsOf = async (args: readonly string[], input?: string) => {
    const { code, output, complaint } = await admin.signalbox([...args, '-o', 'json'], input);
    if (code !== 0) throw new Error(complaint);
    return JSON.parse(output);
  };
  const ended = (id: string, state: string) =>
    until(`${id} is ${state}`, async () => (await admin.run(id)).state === state);

  it('jobs are submitted to a worker, with what its options say', async () => {
    await using worker = await startSdkWorker({ url: setup.nats.url, id: 'w1', subject: 'job.builds' });
    const options = ['--labels', '{"team":"shop"}', '--env', '{"REF":"main"}', '--job-id', 'build-7'];
    const [run] = await rowsOf(['jobs', 'submit', 'job.builds', '-', ...options], '{"ref": "main"}');
    await ended(run.id, 'SUCCEEDED');
    expect(worker.jobs).toMatchObject([{ job_id: 'build-7', labels: { team: 'shop' }, env: { REF: 'main' } }]);
    expect(worker.jobs[0]?.context_ptr).toMatch(/^artifact:sha256\//);
    const shown = await admin.signalbox(['show', run.id]);
    expect(shown.output).toMatch(new RegExp(`^ok ${run.id} .*SUCCEEDED`));
  });

  it('workers are listed, and drained: others do the steps, until that is undone', async () => {
    const start = (id: string) =>
      startWorkerProcess({ nats: setup.nats, server, id, pools: ['builders'], env: { POOLS_FILE: pools } });
    await using _first = await start('builder-1');
    await using _second = await start('builder-2');
    const workers = async (): Promise<readonly { readonly id: string; readonly drained: boolean }[]> =>
      (await rowsOf(['workers', '--alive'])).filter(({ pool }: { pool: string }) => pool === 'builders');
    await until('the server knows both', async () => (await workers()).length === 2);
    expect(await workers()).toMatchObject([{ alive: true, drained: false, activeJobs: 0 }, { drained: false }]);
    /** Who has done the steps of a run. */
    const doneBy = async () => {
      const steps = ['a', 'b', 'c'].map(
        (id) => `  - { id: ${id}, kind: transform, pool: builders, input: { expression: "1 + 1" } }\n`,
      );
      const id = await admin.start(`name: build\nsteps:\n${steps.join('')}`);
      await ended(id, 'SUCCEEDED');
      const { run } = await admin.query('query ($id: ID!) { run(id: $id) { steps { worker } } }', { id });
      return new Set(run.steps.map(({ worker }: { worker: string }) => worker));
    };
    expect(await rowsOf(['workers', 'drain', 'builder-1'])).toEqual([{ id: 'builder-1', drained: true }]);
    expect((await workers()).filter(({ drained }) => drained)).toMatchObject([{ id: 'builder-1' }]);
    expect(await doneBy()).toEqual(new Set(['builder-2']));
    expect(await rowsOf(['workers', 'drain', 'builder-1', '--undo'])).toEqual([{ id: 'builder-1', drained: false }]);
    await rowsOf(['workers', 'drain', 'builder-2']);
    expect(await doneBy()).toEqual(new Set(['builder-1']));
  });

  it('a job that was given up is replayed from its dead letter', async () => {
    await using client = await setup.client('builder');
    const silent = await startSdkWorker({
      url: setup.nats.url,
      id: 'w2',
      subject: 'job.late',
      handle: () => undefined,
    });
    const jobId = await client.submit({ topic: 'job.late', budget: { deadline_ms: 200 }, labels: { a: 'b' } });
    await until('it has a dead letter', () => client.lettersOf(jobId).length > 0);
    await silent.stop();
    const filter = ['--topic', 'job.late', '--reason', 'timeout'];
    expect(await rowsOf(['dead-letters', ...filter])).toMatchObject([{ jobId, topic: 'job.late', reason: 'timeout' }]);
    expect(await rowsOf(['dead-letters', '--reason', 'safety_denied'])).toEqual([]);
    await using worker = await startSdkWorker({ url: setup.nats.url, id: 'w3', subject: 'job.late' });
    const { output: ids } = await admin.signalbox(['dead-letters', ...filter, '-o', 'id']);
    const [run] = await rowsOf(['dead-letters', 'replay', '-'], `${ids}\n`);
    await ended(run.id, 'SUCCEEDED');
    expect(worker.jobs).toMatchObject([{ topic: 'job.late', labels: { a: 'b' } }]);
  });
});
