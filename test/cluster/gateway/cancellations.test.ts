import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasNats } from '../../support/bus/nats-server.ts';
import { type GatewaySetup, RUNS, startGatewaySetup } from '../../support/cap/gateway-setup.ts';
import type { SdkClient } from '../../support/cap/sdk-client.ts';
import { startSdkWorker } from '../../support/cap/sdk-worker.ts';
import type { Server } from '../../support/server.ts';
import { until } from '../../support/until.ts';

const CANCEL = `mutation ($id: ID!) { cancelRun(input: { runId: $id }) {
  ... on Run { state } ... on Refusal { code message } } }`;
const SUBMIT = `mutation ($input: SubmitJobInput!) { submitJob(input: $input) {
  ... on Run { id } ... on Refusal { code message } } }`;

describe.skipIf(!hasNats)('a job of a client', () => {
  let setup: GatewaySetup;
  let server: Server;
  let client: SdkClient;
  beforeAll(async () => {
    setup = await startGatewaySetup();
    server = await setup.startNode();
    client = await setup.client('builder');
  });
  afterAll(async () => {
    await client?.stop();
    await server?.stop();
    await setup?.[Symbol.asyncDispose]();
  });
  interface Run {
    readonly id: string;
    readonly state: string;
    readonly parent?: { readonly id: string };
    readonly error?: { readonly message: string };
    readonly steps: readonly { readonly state: string; readonly input: { readonly job_id?: string } }[];
  }
  const runOf = async (jobId: string): Promise<Run | undefined> =>
    (await setup.ask(server, RUNS)).runs.nodes.find(({ steps }: Run) => steps[0]?.input?.job_id === jobId);
  const isIn = async (jobId: string, state: string) => (await runOf(jobId))?.state === state;

  it.each(['PENDING', 'RUNNING'])(
    'is cancelled by it from %s [cancellation/cp-cancel-from-pending, cancellation/cp-cancel-from-running]',
    async (from) => {
      const topic = `job.cancel-${from}`;
      const silent = { url: setup.nats.url, id: `w-${from}`, subject: topic, handle: () => undefined };
      await using worker = from === 'RUNNING' ? await startSdkWorker(silent) : undefined;
      const jobId = await client.submit({ topic });
      await until('it is there', async () => {
        const state = (await runOf(jobId))?.steps[0]?.state;
        return from === 'RUNNING' ? state === 'RUNNING' : state !== undefined;
      });
      await client.cancel(jobId, 'no longer needed');
      await until('it is cancelled', () => isIn(jobId, 'CANCELLED'));
      expect((await runOf(jobId))?.error?.message).toContain('no longer needed');
      if (worker) await until('the worker is told', () => worker.cancelled.filter((id) => id === jobId).length > 1);
    },
  );

  it('is cancelled although the cancellation came before the job', async () => {
    const jobId = randomUUID();
    await client.cancel(jobId);
    await client.submit({ topic: 'job.early', job_id: jobId });
    await until('it is cancelled', () => isIn(jobId, 'CANCELLED'));
  });

  it('is not cancelled by another client, nor after its end [cancellation/cp-rejects-cancel-after-terminal]', async () => {
    await using other = await setup.client('other');
    const jobId = await client.submit({ topic: 'job.kept' });
    await until('it is there', async () => (await runOf(jobId)) !== undefined);
    await other.cancel(jobId);
    await until('it is ignored', () => server.logged('gateway.cancel_ignored').some((line) => line.jobId === jobId));
    await using _ = await startSdkWorker({ url: setup.nats.url, id: 'w-kept', subject: 'job.kept' });
    await until('it is done', () => isIn(jobId, 'SUCCEEDED'));
    await client.cancel(jobId);
    await until(
      'that is ignored too',
      () => server.logged('gateway.cancel_ignored').filter((line) => line.jobId === jobId).length === 2,
    );
    expect(await isIn(jobId, 'SUCCEEDED')).toBe(true);
  });

  it('is cancelled with the run of its parent, as its own jobs are', async () => {
    const parent = await client.submit({ topic: 'job.parent' });
    await until('the parent is there', async () => (await runOf(parent)) !== undefined);
    const child = await client.submit({ topic: 'job.child', parent_job_id: parent });
    await until('the child is there', async () => (await runOf(child)) !== undefined);
    const grandchild = await client.submit({ topic: 'job.child', parent_job_id: child });
    await until('the grandchild is there', async () => (await runOf(grandchild)) !== undefined);
    const run = await runOf(parent);
    expect((await runOf(child))?.parent?.id).toBe(run?.id);
    await setup.ask(server, CANCEL, { id: run?.id });
    await until('all are cancelled', async () => (await isIn(child, 'CANCELLED')) && isIn(grandchild, 'CANCELLED'));
    const { submitJob } = await setup.ask(server, SUBMIT, { input: { topic: 'job.late', parentId: run?.id } });
    expect(submitJob).toMatchObject({ code: 'CONFLICT' });
  });
});
