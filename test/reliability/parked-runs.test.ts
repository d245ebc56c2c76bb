import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createScratchDatabase, type ScratchDatabase } from '../../scripts/scratch-database.ts';
import { type Server, startServer } from '../support/server.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';

await onPostgres(() => {
  let folder: Awaited<ReturnType<typeof createTempFolder>>;
  let database: ScratchDatabase;
  let a: Server;
  let b: Server;
  let onA: TestUsers;
  let onB: TestUsers;

  const startNode = (name: string) => {
    const env = { DATABASE_URL: database.url, ARTIFACTS_DIR: join(folder.path, 'artifacts') };
    return startServer({ dataDir: join(folder.path, name), env });
  };
  beforeAll(async () => {
    folder = await createTempFolder();
    database = await createScratchDatabase();
    [a, b] = await Promise.all([startNode('a'), startNode('b')]);
    [onA, onB] = await Promise.all([createTestUsers(a), createTestUsers(b)]);
  });
  afterAll(async () => {
    await Promise.all([a?.stop('SIGKILL'), b?.stop('SIGKILL')]);
    await database?.remove();
    await folder?.[Symbol.asyncDispose]();
  });

  const activeRuns = async (server: Server) => {
    const metrics = await (await server.fetch('/metrics')).text();
    return Number(/^signalbox_runs_active (\d+)/m.exec(metrics)?.[1]);
  };
  const sleep = (ms: number) => ({
    document: { name: 'sleeps', steps: [{ id: 'a', kind: 'sleep', input: { ms } }] },
  });
  const signals = ['one', 'two', 'three', 'four'];
  const waits = {
    document: { name: 'waits', steps: signals.map((name) => ({ id: name, kind: 'signal', input: { name } })) },
  };

  it('a run that one node has parked continues when both nodes get its signals at once', async () => {
    const { id: runId } = await onA.start(waits, { waitMs: 0 });
    await until('it is parked', async () => (await activeRuns(a)) === 0);
    await Promise.all(
      signals.map((name, i) => (i % 2 === 0 ? onA : onB).change('sendSignal', { runId, name, payload: i })),
    );
    await onB.reach(runId, 'SUCCEEDED');
  });

  it('an approval that both nodes decide differently at once has one decision, which the other caller learns', async () => {
    const steps = [{ id: 'ask', kind: 'approval', input: { reason: 'Shall it?' } }];
    const { id: runId } = await onA.start({ document: { name: 'asks', steps } }, { waitMs: 0 });
    await until('it is parked', async () => (await activeRuns(a)) === 0);
    const { id: approvalId } = await until('its approval is open', async () => {
      const { approvals } = await onB.ask('{ approvals(state: OPEN) { nodes { id run { id } } } }', {}, 'admin');
      return approvals.nodes.find(({ run }: { run: { id: string } }) => run.id === runId);
    });
    const decide = (users: TestUsers, approve: boolean) =>
      users.mutate('decideApproval', { approvalId, approve }, '... on Approval { state }', 'admin');
    const answers = await Promise.all([decide(onA, true), decide(onB, false)]);
    const { state } = await until('the run has ended', async () => {
      const run = await onB.run(runId);
      return run.state !== 'WAITING' && run;
    });
    const winner = state === 'SUCCEEDED' ? 0 : 1;
    expect(answers[winner]).toEqual({ state: winner === 0 ? 'APPROVED' : 'REJECTED' });
    expect(answers[1 - winner]).toMatchObject({ code: 'CONFLICT' });
  });

  it('runs that a node has parked continue on another at their time, or with a message, when the node is gone', async () => {
    const timed = await onA.start(sleep(8_000), { waitMs: 0 });
    const asked = await onA.start(waits, { waitMs: 0 });
    await until('they are parked', async () => (await activeRuns(a)) === 0);
    await a.stop('SIGKILL');
    for (const name of signals) await onB.change('sendSignal', { runId: asked.id, name });
    await onB.reach(asked.id, 'SUCCEEDED');
    await onB.reach(timed.id, 'SUCCEEDED');
    expect(await activeRuns(b)).toBe(0);
  });
});
