import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN } from '../../../test/support/engine/engine.ts';
import { startWorkflows } from '../../../test/support/engine/workflows.ts';

let on: Awaited<ReturnType<typeof startWorkflows>>;
beforeAll(async () => {
  on = await startWorkflows();
  await on.save(`name: child
steps: [{ id: a, kind: signal, input: { name: go } }]
outputs: { a: "{{ steps.a.output }}" }`);
});
afterAll(() => on.stop());
afterEach(async () => {
  expect(await on.chainProblems()).toEqual([]);
  on.acted.length = 0;
});

const go = (runId: string, payload: number) => on.engine.sendSignal(ADMIN, runId, { name: 'go', payload });
const cancel = (runId: string) => on.engine.cancelRun(ADMIN, runId, { compensate: false });

/** The children of a run that wait, when there are as many. */
async function waitingChildren(runId: string, count = 1): Promise<readonly [string, ...string[]]> {
  const waiting = async () => (await on.childrenOf(runId)).filter(({ state }) => state === 'WAITING');
  await expect.poll(async () => (await waiting()).length).toBe(count);
  return (await waiting()).map(({ id }) => id) as [string, ...string[]];
}

/** A run of these steps, and its children that wait, when nothing of them is in memory. */
async function parkedParent(steps: string, children = 1) {
  const { run } = await on.start(steps);
  const childIds = await waitingChildren(run.id, children);
  await on.untilInMemory(0);
  return { id: run.id, childIds };
}

const WAITS_FOR_CHILD = `  - { id: sub, kind: workflow, workflow: child }
outputs: { child: "{{ steps.sub.output.a }}" }`;

describe('a run that waits for a sub-workflow is not in memory, and continues', () => {
  it('when its child ends, also as a rerun', async () => {
    const { id, childIds } = await parkedParent(WAITS_FOR_CHILD);
    const { seq } = (await on.until(id, () => true)).run;
    await go(childIds[0], 7);
    const ended = await on.ended(id);
    expect(ended.run.outputs).toEqual({ child: 7 });
    // The step, the run: nothing tells that it was parked.
    expect(ended.run.seq - seq).toBe(2);
    const again = (await on.engine.rerunFrom(ADMIN, id, 'sub')).run.id;
    const [other] = await waitingChildren(again);
    await on.untilInMemory(0);
    await go(other, 8);
    expect((await on.ended(again)).run.outputs).toEqual({ child: 8 });
  });

  it('with each of many children, which end together or while it is parked again', async () => {
    const steps = `
  - { id: sub, kind: workflow, workflow: child, for_each: [0, 1, 2, 3, 4, 5], max_parallel: 6 }
outputs: { sub: "{{ steps.sub.output }}" }`;
    const { id, childIds } = await parkedParent(steps, 6);
    await Promise.all(childIds.slice(0, 3).map((child) => go(child, 1)));
    await on.untilInMemory(0);
    const rest = await waitingChildren(id, 3);
    await Promise.all(rest.map((child) => go(child, 2)));
    const { sub } = (await on.ended(id)).run.outputs as { sub: readonly { a: number }[] };
    expect(sub.map(({ a }) => a).sort()).toEqual([1, 1, 1, 2, 2, 2]);
  });

  it('as a parent of a parent, also on another server', async () => {
    await on.save(`name: middle\nsteps:\n${WAITS_FOR_CHILD}`);
    const { run } = await on.start(`  - { id: sub, kind: workflow, workflow: middle }
outputs: { child: "{{ steps.sub.output.child }}" }`);
    await expect.poll(async () => (await on.childrenOf(run.id)).length).toBe(1);
    const [middle] = await on.childrenOf(run.id);
    const [leaf] = await waitingChildren(middle?.id ?? '');
    await on.untilInMemory(0);
    for (const end of ['restart', 'crash'] as const) {
      await on[end]();
      expect(await on.inMemory()).toBe(0);
    }
    await go(leaf, 9);
    expect((await on.ended(run.id)).run.outputs).toEqual({ child: 9 });
  });

  it('when its child is cancelled', async () => {
    const { id, childIds } = await parkedParent(WAITS_FOR_CHILD);
    await cancel(childIds[0]);
    const { run } = await on.ended(id);
    expect(run).toMatchObject({ state: 'CANCELLED', error: { step: 'sub' } });
    expect(run.error?.message).toContain(childIds[0]);
  });

  it('when its child fails', async () => {
    await on.save(`name: doomed
steps:
  - { id: a, kind: signal, input: { name: go } }
  - { id: b, kind: command, command: fail, depends_on: [a], input: { v: because } }`);
    const { id, childIds } = await parkedParent(
      '  - { id: sub, kind: workflow, workflow: doomed, continue_on_error: true }',
    );
    await go(childIds[0], 1);
    const ended = await on.ended(id);
    expect(ended.run.state).toBe('SUCCEEDED');
    expect(ended.steps[0]).toMatchObject({ state: 'FAILED', error: { message: expect.stringContaining('because') } });
  });

  it('when its child has ended and the server crashes at that moment', async () => {
    const { id, childIds } = await parkedParent(WAITS_FOR_CHILD);
    const [child] = childIds;
    const { run } = await on.until(child, () => true);
    // What a server does that is killed once the end is durable.
    await on.store.leases.unpark(child);
    const payload = { from: run.state, to: 'SUCCEEDED', outputs: { a: 5 } } as const;
    await on.store.journal.append(child, run.seq + 1, [{ type: 'RUN_STATE_CHANGED', at: new Date(), payload }]);
    await on.crash();
    expect((await on.ended(id)).run.outputs).toEqual({ child: 5 });
  });

  it('when it is cancelled, which cancels its child', async () => {
    const { id, childIds } = await parkedParent(WAITS_FOR_CHILD);
    await cancel(id);
    expect((await on.ended(id)).run.state).toBe('CANCELLED');
    expect((await on.ended(childIds[0])).run.state).toBe('CANCELLED');
  });

  it('at the end of its time limit, which counts from its beginning, and cancels its child', async () => {
    const { run } = await on.start('  - { id: sub, kind: workflow, workflow: child, timeout_ms: 8000 }');
    await expect.poll(async () => (await on.childrenOf(run.id)).length).toBe(1);
    await on.untilInMemory(0);
    await on.restart();
    const restartedAt = Date.now();
    const ended = await on.ended(run.id);
    expect(ended.run).toMatchObject({ state: 'TIMEOUT', error: { step: 'sub' } });
    expect((ended.run.finishedAt?.getTime() ?? Number.NaN) - restartedAt).toBeLessThan(8_000);
    const [child] = await on.childrenOf(run.id);
    expect((await on.ended(child?.id ?? '')).run.state).toBe('CANCELLED');
  });
});

it('a run that waits for a sub-workflow stays in memory while another of its steps runs', async () => {
  const { run } = await on.start(`
  - { id: sub, kind: workflow, workflow: child }
  - { id: b, kind: command, command: holdOut, input: { v: held } }`);
  const [child] = await waitingChildren(run.id);
  await on.untilInMemory(1);
  // What has waited for less time is parked, so the run would have been.
  for (let i = 0; i < 2; i += 1) {
    const { run: other } = await on.start('  - { id: a, kind: signal, input: { name: go } }');
    await on.untilInMemory(2);
    await on.untilInMemory(1);
    await cancel(other.id);
  }
  on.open('held');
  await on.untilInMemory(0);
  expect(on.acted).toEqual(['held']);
  await go(child, 1);
  expect((await on.ended(run.id)).run.state).toBe('SUCCEEDED');
});
