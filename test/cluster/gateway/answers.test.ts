import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasNats } from '../../support/bus/nats-server.ts';
import { type GatewaySetup, startGatewaySetup } from '../../support/cap/gateway-setup.ts';
import type { SdkClient } from '../../support/cap/sdk-client.ts';
import { startSdkWorker } from '../../support/cap/sdk-worker.ts';
import type { Server } from '../../support/server.ts';
import { until } from '../../support/until.ts';

describe.skipIf(!hasNats)('the end of the job of a client', () => {
  let setup: GatewaySetup;
  let server: Server;
  let client: SdkClient;
  let killedFolder: string | undefined;
  beforeAll(async () => {
    setup = await startGatewaySetup();
    server = await setup.startNode();
    client = await setup.client('builder');
  });
  afterAll(async () => {
    await client?.stop();
    await server?.stop();
    if (killedFolder !== undefined) await rm(killedFolder, { recursive: true, force: true });
    await setup?.[Symbol.asyncDispose]();
  });
  const worker = (name: string, handle: Parameters<typeof startSdkWorker>[0]['handle']) =>
    startSdkWorker({ url: setup.nats.url, id: `w-${name}`, subject: `job.${name}`, ...(handle && { handle }) });
  /** Results that no worker has sent. */
  const ours = (jobId: string) => client.resultsOf(jobId).filter(({ sender_id }) => sender_id === 'signalbox');

  it('by its deadline is reported by the server [lifecycle/cp-dispatched-to-timeout]', async () => {
    await using _ = await worker('silent', () => undefined);
    const jobId = await client.submit({ topic: 'job.silent', budget: { deadline_ms: 300 } });
    await until('the client has a result', () => ours(jobId).length > 0);
    expect(ours(jobId)).toMatchObject([
      { status: 'JOB_STATUS_TIMEOUT', error_code: 'JOB_TIMEOUT', error_code_enum: 'ERROR_CODE_JOB_TIMEOUT' },
    ]);
    expect(client.lettersOf(jobId)).toMatchObject([{ error_code: 'timeout' }]);
  });

  it('after its last attempt is reported by the server', async () => {
    await using retrying = await worker('retrying', () => ({ status: 'JOB_STATUS_FAILED_RETRYABLE' }));
    const jobId = await client.submit({ topic: 'job.retrying' });
    await until('the client has a result', () => ours(jobId).length > 0);
    expect(retrying.jobs.map(({ job_id }) => job_id)).toEqual([jobId, jobId, jobId]);
    expect(ours(jobId)).toMatchObject([{ status: 'JOB_STATUS_FAILED', error_code: 'JOB_WORKER_UNAVAILABLE' }]);
    expect(client.lettersOf(jobId)).toMatchObject([{ error_code: 'max_retries_exceeded' }]);
  });

  it('by a cancellation is reported by the server, without a dead letter', async () => {
    const jobId = await client.submit({ topic: 'job.nobody' });
    await client.cancel(jobId);
    await until('the client has a result', () => ours(jobId).length > 0);
    expect(ours(jobId)).toMatchObject([{ status: 'JOB_STATUS_CANCELLED', error_code: 'CANCELLED' }]);
    expect(client.lettersOf(jobId)).toEqual([]);
  });

  it.each(['SUCCEEDED', 'FAILED', 'FAILED_FATAL'])('by a worker, %s, is not reported again', async (status) => {
    await using _ = await worker(`ended-${status}`, () => ({ status: `JOB_STATUS_${status}` }));
    const jobId = await client.submit({ topic: `job.ended-${status}` });
    await until('the client has a result', () => client.resultsOf(jobId).length > 0);
    // It is reported in the order of the ends.
    const next = await client.submit({ topic: 'job.nobody' });
    await client.cancel(next);
    await until('the next end is reported', () => ours(next).length > 0);
    expect(ours(jobId)).toEqual([]);
    expect(client.lettersOf(jobId)).toEqual([]);
  });

  it('while every node was dead is reported by the next one', async () => {
    await using dead = await worker('dead', () => undefined);
    const { dataDir } = server;
    const jobId = await client.submit({ topic: 'job.dead', budget: { deadline_ms: 1_000 } });
    await until('the worker has it', () => dead.jobs.length === 1);
    killedFolder = dataDir;
    server.process.kill('SIGKILL');
    await server.ended;
    server = await setup.startNode({ dataDir });
    await until('the client has a result', () => ours(jobId).length > 0);
    expect(ours(jobId)).toMatchObject([{ status: 'JOB_STATUS_TIMEOUT' }]);
  });
});
