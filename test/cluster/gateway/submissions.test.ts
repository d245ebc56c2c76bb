import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasNats } from '../../support/bus/nats-server.ts';
import { type GatewaySetup, RUNS, startGatewaySetup } from '../../support/cap/gateway-setup.ts';
import { encodeLegacy } from '../../support/cap/legacy-codec.ts';
import { type SdkClient, startSdkClient } from '../../support/cap/sdk-client.ts';
import { startSdkWorker } from '../../support/cap/sdk-worker.ts';
import type { Server } from '../../support/server.ts';
import { until } from '../../support/until.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

describe.skipIf(!hasNats)('a job that a client submits by the bus', () => {
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
  const runs = async () => (await setup.ask(server, RUNS)).runs.nodes;
  const runsOf = async (jobId: string) =>
    (await runs()).filter(
      ({ steps }: { steps: { input: { job_id?: string } }[] }) => steps[0]?.input?.job_id === jobId,
    );
  const refusal = async (from: SdkClient, jobId: string) => {
    await until('it has a dead letter', () => from.lettersOf(jobId).length > 0);
    return from.lettersOf(jobId);
  };

  it.each(['go', 'python'] as const)('signed by the SDK for %s goes to a worker as it came', async (order) => {
    await using signer = await setup.client('builder', order);
    await using worker = await startSdkWorker({ url: setup.nats.url, id: `w-${order}`, subject: `job.full-${order}` });
    const jobId = await signer.submit(
      {
        topic: `job.full-${order}`,
        priority: 'JOB_PRIORITY_CRITICAL',
        adapter_id: 'adapter',
        memory_id: 'repo:app',
        env: { B: '2', A: '1' },
        labels: { preferred_pool: 'linux' },
        context_hints: { max_input_tokens: 5, allow_retrieval: true, tags: ['t'] },
        budget: { max_total_tokens: 7, deadline_ms: 60_000 },
        meta: { actor_id: 'ci', actor_type: 'ACTOR_TYPE_SERVICE', idempotency_key: 'once', risk_tags: ['net'] },
        tenant_id: 'default',
        compensation: { topic: 'job.undo', labels: { why: 'undo' } },
      },
      { trace_id: TRACE },
    );
    await until('the client has the result', () => signer.resultsOf(jobId).length === 1);
    expect(signer.resultsOf(jobId)[0]).toMatchObject({ status: 'JOB_STATUS_SUCCEEDED', worker_id: `w-${order}` });
    expect(worker.packets[0]).toMatchObject({ trace_id: TRACE });
    expect(worker.jobs[0]).toMatchObject({
      ...{ job_id: jobId, priority: 'JOB_PRIORITY_CRITICAL', adapter_id: 'adapter', memory_id: 'repo:app' },
      env: { A: '1', B: '2' },
      labels: { preferred_pool: 'linux' },
      context_hints: { max_input_tokens: 5, allow_retrieval: true, tags: ['t'] },
      budget: { max_total_tokens: '7', deadline_ms: '60000' },
      meta: { actor_id: 'ci', actor_type: 'ACTOR_TYPE_SERVICE', idempotency_key: 'once', risk_tags: ['net'] },
      tenant_id: 'default',
    });
    await until('the run has ended', async () => (await runsOf(jobId))[0]?.state === 'SUCCEEDED');
    expect(await runsOf(jobId)).toMatchObject([{ traceId: TRACE, priority: 'CRITICAL' }]);
  });

  it('unsigned as release 2.0.16 sends it is taken where that is configured', async () => {
    await using unsigned = await startSdkClient({ url: setup.nats.url, id: 'old' });
    await using worker = await startSdkWorker({ url: setup.nats.url, id: 'w-old', subject: 'job.old' });
    const jobId = await unsigned.submit({ topic: 'job.old' });
    await until('the client has the result', () => unsigned.resultsOf(jobId).length === 1);
    expect(worker.jobs).toMatchObject([{ job_id: jobId, principal_id: 'dev:admin' }]);
  });

  it('that the policy denies has a result and a dead letter, and is not dispatched [safety/deny-blocks-dispatch]', async () => {
    await using analyst = await setup.client('analyst');
    await using worker = await startSdkWorker({ url: setup.nats.url, id: 'w-denied', subject: 'job.denied' });
    const jobId = await analyst.submit({ topic: 'job.denied' }, { trace_id: TRACE });
    expect(await refusal(analyst, jobId)).toMatchObject([
      { status: 'JOB_STATUS_DENIED', error_code: 'safety_denied', trace_id: TRACE, sender_id: 'signalbox' },
    ]);
    expect(analyst.lettersOf(jobId)[0]).not.toHaveProperty('worker_id');
    await until('the client has the result', () => analyst.resultsOf(jobId).length === 1);
    expect(analyst.resultsOf(jobId)[0]).toMatchObject({
      ...{ status: 'JOB_STATUS_DENIED', error_code: 'SAFETY_DENIED', worker_id: 'signalbox', trace_id: TRACE },
      error_code_enum: 'ERROR_CODE_SAFETY_DENIED',
    });
    expect(await runsOf(jobId)).toMatchObject([{ state: 'DENIED' }]);
    // The id stays free.
    await analyst.submit({ topic: 'job.denied', job_id: jobId });
    await until('it is denied again', () => analyst.lettersOf(jobId).length === 2);
    expect(await runsOf(jobId)).toMatchObject([{ state: 'DENIED' }, { state: 'DENIED' }]);
    expect(worker.jobs).toEqual([]);
  });

  it.each([
    ['a tenant that is not that of its sender', { tenant_id: 'acme' }, 'identity_refused', 'JOB_PERMISSION_DENIED'],
    [
      'a compensation for another tenant',
      { compensation: { meta: { tenant_id: 'acme' } } },
      'identity_refused',
      'JOB_PERMISSION_DENIED',
    ],
    ['a pointer that is no URI', { context_ptr: 'http://[' }, 'invalid_request', 'JOB_INVALID_INPUT'],
    ['an id of ours', { job_id: `step_${'0'.repeat(32)}-1` }, 'invalid_request', 'JOB_INVALID_INPUT'],
  ])('with %s is refused', async (_, fields, reason, code) => {
    const jobId = await client.submit({ topic: 'job.refused', ...fields });
    expect(await refusal(client, jobId)).toMatchObject([{ error_code: reason, error_message: expect.any(String) }]);
    await until('the client has the result', () => client.resultsOf(jobId).length === 1);
    expect(client.resultsOf(jobId)).toMatchObject([{ status: 'JOB_STATUS_FAILED', error_code: code }]);
    expect(await runsOf(jobId)).toEqual([]);
  });

  it('of a peer whose account does not exist is refused', async () => {
    await using stranger = await setup.client('stranger');
    const jobId = await stranger.submit({ topic: 'job.refused' });
    expect(await refusal(stranger, jobId)).toMatchObject([{ error_code: 'identity_refused' }]);
  });

  it('twice is one job, and an id of somebody else is refused without ending their job', async () => {
    const jobId = await client.submit({ topic: 'job.twice' });
    await until('it waits', async () => (await runsOf(jobId)).length === 1);
    await client.submit({ topic: 'job.twice', job_id: jobId });
    await using other = await setup.client('other');
    await other.submit({ topic: 'job.stolen', job_id: jobId });
    expect(await refusal(other, jobId)).toMatchObject([
      { error_code: 'duplicate_job', error_code_enum: 'ERROR_CODE_JOB_DUPLICATE' },
    ]);
    expect(await runsOf(jobId)).toHaveLength(1);
    await using worker = await startSdkWorker({ url: setup.nats.url, id: 'w-twice', subject: 'job.twice' });
    await until('the client has the result', () => client.resultsOf(jobId).length === 1);
    expect(client.resultsOf(jobId)).toMatchObject([{ status: 'JOB_STATUS_SUCCEEDED' }]);
    expect(worker.jobs).toHaveLength(1);
  });

  const packet = (job: object = {}, more: object = {}) =>
    client.pack({ job_request: { job_id: 'x', topic: 'job.a', ...job } }, { ...more });
  it.each([
    ['malformed/truncated-wire', 'PROTOCOL_MALFORMED_PACKET', () => packet().subarray(0, 40)],
    ['malformed/overlong-wire', 'PROTOCOL_MALFORMED_PACKET', () => Buffer.alloc(2 ** 20, 0x0b)],
    ['malformed/empty-envelope', 'PROTOCOL_UNKNOWN_PAYLOAD', () => client.pack({})],
    ['malformed/unsupported-protocol-version', 'PROTOCOL_VERSION_MISMATCH', () => packet({}, { protocol_version: 2 })],
    ['malformed/unknown-payload', 'PROTOCOL_UNKNOWN_PAYLOAD', () => client.pack({ heartbeat: { worker_id: 'w' } })],
    ['malformed/oversize-string', 'JOB_INVALID_INPUT', () => packet({ adapter_id: 'x'.repeat(40_000) })],
    ['malformed/oversize-map', 'JOB_INVALID_INPUT', () => packet({ env: entries(300) })],
    ['malformed/oversize-repeated', 'JOB_INVALID_INPUT', () => packet({ meta: { requires: Array(1_100).fill('a') } })],
    [
      'a signature of something else',
      'PROTOCOL_SIGNATURE_INVALID',
      () => Buffer.concat([packet(), encodeLegacy({ trace_id: 'changed' })]),
    ],
    [
      'no signature, of a sender that has a key',
      'PROTOCOL_SIGNATURE_MISSING',
      () => encodeLegacy({ sender_id: 'builder', protocol_version: 1, job_request: { job_id: 'x', topic: 'job.a' } }),
    ],
  ])('in a packet with %s is logged, and the next one is taken', async (_, code, pack) => {
    const refused = () => server.logged('gateway.packet_refused').filter((line) => line.code === code).length;
    const before = refused();
    await client.send('sys.job.submit', pack());
    await until('the packet is refused', () => refused() > before);
    await refusal(client, await client.submit({ topic: 'job.next', context_ptr: 'http://[' }));
    expect(client.lettersOf('x')).toEqual([]);
    expect(await (await server.fetch('/metrics')).text()).toContain(`signalbox_packets_refused_total{code="${code}"}`);
  });
});

const entries = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']));
