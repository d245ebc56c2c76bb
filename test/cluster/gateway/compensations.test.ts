import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasNats } from '../../support/bus/nats-server.ts';
import { type GatewaySetup, RUNS, startGatewaySetup } from '../../support/cap/gateway-setup.ts';
import type { SdkClient } from '../../support/cap/sdk-client.ts';
import { type ReceivedJob, type SdkWorker, startSdkWorker } from '../../support/cap/sdk-worker.ts';
import type { Server } from '../../support/server.ts';
import { until } from '../../support/until.ts';

const whatOf = ({ env }: ReceivedJob) => (env as Record<string, string> | undefined)?.WHAT;

/** Between every two of three compensations. */
const KILLS = 2;

describe.skipIf(!hasNats)('the compensation that a client states of its job', () => {
  let setup: GatewaySetup;
  let client: SdkClient;
  let worker: SdkWorker;
  beforeAll(async () => {
    setup = await startGatewaySetup();
    client = await setup.client('builder');
    const { url } = setup.nats;
    // Jobs are done, or fail for good, as their ids say; the parents are never done.
    const handle = ({ job_id: id }: ReceivedJob) =>
      id.endsWith('-parent') || id.endsWith('-slow')
        ? undefined
        : { status: id.endsWith('-bad') ? 'JOB_STATUS_FAILED_FATAL' : 'JOB_STATUS_SUCCEEDED' };
    worker = await startSdkWorker({ url, id: 'w', subject: 'job.saga', handle });
  });
  afterAll(async () => {
    await worker?.stop();
    await client?.stop();
    await setup?.[Symbol.asyncDispose]();
  });
  const stateOf = async (node: Server, jobId: string): Promise<string | undefined> =>
    (await setup.ask(node, RUNS)).runs.nodes.find(
      ({ steps }: { steps: { input: { job_id?: string } }[] }) => steps[0]?.input.job_id === jobId,
    )?.state;
  /** Submits a job of the parent, and waits until it has the state. */
  const job = async (node: Server, name: string, id: string, state: string) => {
    const parent_job_id = `${name}-parent`;
    const compensation = { topic: 'job.undo', env: { WHAT: id } };
    await client.submit({ job_id: `${name}-${id}`, topic: 'job.saga', parent_job_id, compensation });
    await until(`it is ${state}`, async () => (await stateOf(node, `${name}-${id}`)) === state);
  };
  const parent = async (node: Server, name: string) => {
    await client.submit({ job_id: `${name}-parent`, topic: 'job.saga' });
    await until('it runs', async () => (await stateOf(node, `${name}-parent`)) === 'RUNNING');
  };

  it('undoes it when another job of its parent fails for good: last first, one after the other, each once', async () => {
    await using node = await setup.startNode();
    const undone: (string | undefined)[] = [];
    const atOnce: number[] = [];
    let active = 0;
    const handle = async (received: ReceivedJob) => {
      active += 1;
      atOnce.push(active);
      undone.push(whatOf(received));
      await new Promise(setImmediate);
      active -= 1;
      // A compensation that fails does not keep the others from being done.
      return { status: whatOf(received) === 'b' ? 'JOB_STATUS_FAILED_FATAL' : 'JOB_STATUS_SUCCEEDED' };
    };
    await using _ = await startSdkWorker({ url: setup.nats.url, id: 'u', subject: 'job.undo', handle });
    await parent(node, 'one');
    await parent(node, 'two');
    for (const id of ['a', 'b', 'c']) await job(node, 'one', id, 'SUCCEEDED');
    await job(node, 'two', 'other', 'SUCCEEDED');
    await job(node, 'one', 'slow', 'RUNNING');
    expect(undone).toEqual([]);
    await job(node, 'one', 'bad', 'FAILED');
    await until('all are undone', () => undone.length === 3);
    expect(undone).toEqual(['c', 'b', 'a']);
    // One that succeeds only now is undone as well.
    worker.answer('one-slow', { status: 'JOB_STATUS_SUCCEEDED' });
    await until('it is undone', () => undone.length === 4);
    expect([undone.at(-1), ...new Set(atOnce)]).toEqual(['slow', 1]);
    await job(node, 'one', 'worse-bad', 'FAILED');
    const query = '{ runs(filter: { kind: [WORKFLOW] }) { nodes { goal state labels steps { title state undoes } } } }';
    const nodes = async () => (await setup.ask(node, query)).runs.nodes;
    await until('they have ended', async () =>
      (await nodes()).every(({ state }: { state: string }) => state === 'SUCCEEDED'),
    );
    expect((await nodes()).map(({ steps }: { steps: unknown[] }) => steps.length)).toEqual([1, 3]);
    expect(undone).toHaveLength(4);
  });

  it('undoes it once and in order, although the server is killed between every two of them', async () => {
    let node = await setup.startNode();
    const { dataDir } = node;
    const undone: (string | undefined)[] = [];
    const received: string[] = [];
    const handle = async (undo: ReceivedJob) => {
      if (received.includes(undo.job_id)) return undefined;
      received.push(undo.job_id);
      undone.push(whatOf(undo));
      if (undone.length <= KILLS) node.process.kill('SIGKILL');
      return { status: 'JOB_STATUS_SUCCEEDED' };
    };
    await parent(node, 'killed');
    for (const id of ['a', 'b', 'c']) await job(node, 'killed', id, 'SUCCEEDED');
    await using _ = await startSdkWorker({ url: setup.nats.url, id: 'u', subject: 'job.undo', handle });
    await job(node, 'killed', 'bad', 'FAILED');
    for (let kills = 1; kills <= KILLS; kills += 1) {
      await node.ended;
      expect(undone).toHaveLength(kills);
      node = await setup.startNode({ dataDir });
    }
    const query = '{ runs(filter: { kind: [WORKFLOW] }) { nodes { state } } }';
    await until('all are undone', async () => (await setup.ask(node, query)).runs.nodes[0]?.state === 'SUCCEEDED');
    expect(undone).toEqual(['c', 'b', 'a']);
    await node.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('is refused with the job when the parent was cancelled', async () => {
    await using node = await setup.startNode();
    await parent(node, 'gone');
    await client.cancel('gone-parent');
    await until('it is cancelled', async () => (await stateOf(node, 'gone-parent')) === 'CANCELLED');
    await client.submit({ job_id: 'gone-late', topic: 'job.saga', parent_job_id: 'gone-parent' });
    await until('it is refused', () => client.resultsOf('gone-late').length > 0);
    expect(client.resultsOf('gone-late')).toMatchObject([
      { status: 'JOB_STATUS_FAILED', error_code: 'JOB_INVALID_INPUT' },
    ]);
  });
});
