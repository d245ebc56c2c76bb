import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasNats } from '../../support/bus/nats-server.ts';
import { type GatewaySetup, RUNS, startGatewaySetup } from '../../support/cap/gateway-setup.ts';
import { type SdkClient, startSdkClient } from '../../support/cap/sdk-client.ts';
import { startSdkWorker } from '../../support/cap/sdk-worker.ts';
import { type Server, tokenFor } from '../../support/server.ts';
import { until } from '../../support/until.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const LETTERS = `query ($topic: String, $reason: String) { deadLetters(topic: $topic, reason: $reason) {
  nodes { id jobId topic reason message sender traceId request run { id state } replays { nodes { id state } } } } }`;
const REPLAY = `mutation ($id: ID!) { replayDeadLetter(id: $id) {
  ... on Run { id traceId priority parent { id } rerunOf { id } steps { input } } ... on Refusal { code message } } }`;

const CANCEL =
  'mutation ($id: ID!) { cancelRun(input: { runId: $id }) { ... on Run { state } ... on Refusal { code } } }';

interface Letter {
  readonly id: string;
  readonly jobId: string;
}

describe.skipIf(!hasNats)('dead letters', () => {
  let setup: GatewaySetup;
  let server: Server;
  beforeAll(async () => {
    setup = await startGatewaySetup();
    server = await setup.startNode();
  });
  afterAll(async () => {
    await server?.stop();
    await setup?.[Symbol.asyncDispose]();
  });
  const token = (name: string) => tokenFor(`dev:${name}`, { roles: [name === 'alice' ? 'analyst' : name] });
  const ask = async (document: string, variables: object, who: string) => {
    const { data, errors } = await server.query(document, variables, await token(who));
    return errors?.[0]?.extensions.code ?? data;
  };
  const lettersOf = async (jobId: string, filter: object = {}, who = 'admin') => {
    const { deadLetters } = await ask(LETTERS, filter, who);
    return deadLetters.nodes.filter((letter: Letter) => letter.jobId === jobId);
  };
  const runById = async (id: string) => (await ask('query ($id: ID!) { run(id: $id) { state } }', { id }, 'admin')).run;
  const runOf = async (jobId: string) =>
    (await ask(RUNS, {}, 'admin')).runs.nodes.find(
      ({ steps }: { steps: { input: { job_id?: string } }[] }) => steps[0]?.input?.job_id === jobId,
    );
  /** Takes jobs and never ends them. */
  const silentWorker = () =>
    startSdkWorker({ url: setup.nats.url, id: 'w1', subject: 'job.late', handle: () => undefined });
  const stored = async (client: SdkClient, jobId: string) => {
    await until('it has a dead letter', () => client.lettersOf(jobId).length > 0);
    const [letter] = await lettersOf(jobId);
    return letter;
  };

  it('hold the whole job, which an admin submits again for its client', async () => {
    await using client = await setup.client('analyst');
    const job = {
      ...{ topic: 'job.denied', priority: 'JOB_PRIORITY_BATCH', env: { A: '1' }, budget: { deadline_ms: 60_000 } },
      compensation: { topic: 'job.undo' },
    };
    const jobId = await client.submit(job, { trace_id: TRACE });
    const letter = await stored(client, jobId);
    expect(letter).toMatchObject({
      ...{ topic: 'job.denied', reason: 'safety_denied', sender: 'analyst', traceId: TRACE, run: null },
      request: {
        job: { job_id: jobId, topic: 'job.denied', env: { A: '1' }, budget: { deadline_ms: 60_000 } },
        priority: 'BATCH',
        compensation: { topic: 'job.undo' },
      },
      replays: { nodes: [] },
    });
    // The analyst sees it, and may not do more than before; the other role sees none.
    expect(await lettersOf(jobId, {}, 'alice')).toHaveLength(1);
    expect((await ask(REPLAY, { id: letter.id }, 'alice')).replayDeadLetter).toMatchObject({ code: 'FORBIDDEN' });
    expect(await ask(LETTERS, {}, 'bob')).toBe('FORBIDDEN');
    await using worker = await startSdkWorker({ url: setup.nats.url, id: 'w', subject: 'job.denied' });
    const { replayDeadLetter: run } = await ask(REPLAY, { id: letter.id }, 'admin');
    expect(run).toMatchObject({ traceId: TRACE, priority: 'BATCH', rerunOf: null });
    await until('the client has the result', () =>
      client.resultsOf(jobId).some(({ status }) => status === 'JOB_STATUS_SUCCEEDED'),
    );
    expect(worker.jobs).toMatchObject([{ job_id: jobId, env: { A: '1' }, priority: 'JOB_PRIORITY_BATCH' }]);
    expect((await lettersOf(jobId))[0].replays.nodes).toMatchObject([{ id: run.id }, { state: 'DENIED' }]);
  });

  it('of a job that has run are submitted again under a new id, linked to the first run', async () => {
    await using client = await setup.client('builder');
    await using _ = await silentWorker();
    const jobId = await client.submit({ topic: 'job.late', budget: { deadline_ms: 200 }, labels: { a: 'b' } });
    const letter = await stored(client, jobId);
    expect(letter).toMatchObject({ reason: 'timeout', run: { state: 'TIMEOUT' } });
    const { replayDeadLetter: run } = await ask(REPLAY, { id: letter.id }, 'admin');
    expect(run).toMatchObject({ rerunOf: { id: letter.run.id }, steps: [{ input: { labels: { a: 'b' } } }] });
    expect(run.steps[0].input).not.toHaveProperty('job_id');
    expect(await lettersOf(jobId, { topic: 'job.late' })).toHaveLength(1);
    expect(await lettersOf(jobId, { topic: 'job.late', reason: 'safety_denied' })).toEqual([]);
  });

  it.each([
    ['keep the run of their parent', false],
    ['lose a parent that was cancelled in the meantime', true],
  ])('that are submitted again %s', async (_, isCancelled) => {
    await using _worker = await silentWorker();
    await using client = await setup.client('builder');
    const parentJob = await client.submit({ topic: 'job.parent' });
    // Nobody listens, so that it waits.
    await until('the parent has a run', async () => (await runOf(parentJob)) !== undefined);
    const jobId = await client.submit({ topic: 'job.late', parent_job_id: parentJob, budget: { deadline_ms: 200 } });
    const letter = await stored(client, jobId);
    const parent = await runOf(parentJob);
    if (isCancelled) await ask(CANCEL, { id: parent.id }, 'admin');
    const { replayDeadLetter: replay } = await ask(REPLAY, { id: letter.id }, 'admin');
    expect(replay).toMatchObject({ rerunOf: { id: letter.run.id }, parent: isCancelled ? null : { id: parent.id } });
    if (isCancelled) return;
    await ask(CANCEL, { id: parent.id }, 'admin');
    await until('it is cancelled with its parent', async () => (await runById(replay.id)).state === 'CANCELLED');
  });

  it('of other schedulers are listed, and cannot be submitted again here', async () => {
    await using scheduler = await setup.client('other');
    const result = { job_id: 'theirs', status: 'JOB_STATUS_FAILED', error_code: 'no_workers', error_message: 'None.' };
    await scheduler.send('sys.job.dlq', scheduler.pack({ job_result: result }));
    await until('it is stored', async () => (await lettersOf('theirs')).length === 1);
    const [letter] = await lettersOf('theirs', { reason: 'no_workers' });
    expect(letter).toMatchObject({ sender: 'other', topic: null, request: null, message: 'None.' });
    expect(await lettersOf('theirs', {}, 'alice')).toEqual([]);
    expect((await ask(REPLAY, { id: letter.id }, 'admin')).replayDeadLetter).toMatchObject({ code: 'CONFLICT' });
    expect((await ask(REPLAY, { id: letter.id }, 'alice')).replayDeadLetter).toMatchObject({ code: 'NOT_FOUND' });
    const node = await ask('query ($id: ID!) { node(id: $id) { __typename id } }', { id: letter.id }, 'admin');
    expect(node).toEqual({ node: { __typename: 'DeadLetter', id: letter.id } });
  });

  it('of a sender that nobody knows are on the bus only', async () => {
    const env = { CAP_UNSIGNED_ACCOUNT: undefined };
    await using node = await setup.startNode({ env });
    await server.stop();
    await using unknown = await startSdkClient({ url: setup.nats.url, id: 'unknown' });
    const jobId = await unknown.submit({ topic: 'job.x' });
    await until('it is refused', () => unknown.resultsOf(jobId).length > 0);
    expect(unknown.lettersOf(jobId)).toMatchObject([{ error_code: 'identity_refused' }]);
    expect((await setup.ask(node, LETTERS)).deadLetters.nodes).toEqual([]);
  });
});
