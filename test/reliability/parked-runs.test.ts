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

  /** A run on the first node, and its child, when neither is in memory. */
  const parkedParent = async () => {
    const { id } = await onA.start(
      { document: { name: 'parent', steps: [{ id: 'sub', kind: 'workflow', workflow: 'child', input: {} }] } },
      { waitMs: 0 },
    );
    const child = await until('its child waits', async () => {
      const { children } = await onB.run(id);
      return children.nodes.find(({ state }: { state: string }) => state === 'WAITING');
    });
    await until('they are parked', async () => (await activeRuns(a)) === 0);
    return { id, childId: child.id as string };
  };
  const saveChild = async () => {
    const steps = [{ id: 'a', kind: 'signal', input: { name: 'go' } }];
    await onA.mutate('saveWorkflow', { source: { document: { name: 'child', steps } } }, '... on Workflow { id }');
  };

  it('a run that one node has parked continues when its child ends, or is cancelled, on the other', async () => {
    await saveChild();
    const [ended, cancelled] = [await parkedParent(), await parkedParent()];
    await Promise.all([
      onB.change('sendSignal', { runId: ended.childId, name: 'go' }),
      onB.change('cancelRun', { runId: cancelled.childId }),
    ]);
    await onA.reach(ended.id, 'SUCCEEDED');
    await onA.reach(cancelled.id, 'CANCELLED');
  });

  it('runs that a node has parked continue on another at their time, with a message, or when a child ends, when the node is gone', async () => {
    const timed = await onA.start(sleep(12_000), { waitMs: 0 });
    const asked = await onA.start(waits, { waitMs: 0 });
    const parent = await parkedParent();
    await until('they are parked', async () => (await activeRuns(a)) === 0);
    await a.stop('SIGKILL');
    for (const name of signals) await onB.change('sendSignal', { runId: asked.id, name });
    await onB.change('sendSignal', { runId: parent.childId, name: 'go' });
    await onB.reach(asked.id, 'SUCCEEDED');
    await onB.reach(parent.id, 'SUCCEEDED');
    await onB.reach(timed.id, 'SUCCEEDED');
    expect(await activeRuns(b)).toBe(0);
  });
});
