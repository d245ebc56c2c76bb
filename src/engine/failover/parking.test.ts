import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN } from '../../../test/support/engine/engine.ts';
import { EVE, startWorkflows, stepStates } from '../../../test/support/engine/workflows.ts';

let on: Awaited<ReturnType<typeof startWorkflows>>;
beforeAll(async () => {
  on = await startWorkflows();
});
afterAll(() => on.stop());
afterEach(async () => {
  expect(await on.chainProblems()).toEqual([]);
  on.acted.length = 0;
});

/** A run of these steps, when it waits and nothing of it is in memory. */
async function parked(steps: string) {
  const { run } = await on.start(steps);
  await on.waiting(run.id);
  await on.untilInMemory(0);
  return run;
}

describe('a run that waits is not in memory, and continues', () => {
  it('when somebody decides its approval, without a second event of its start', async () => {
    const run = await parked(
      '  - { id: a, kind: approval, input: { reason: "well?" } }\noutputs: { by: "{{ steps.a.output.by }}" }',
    );
    const { seq } = (await on.waiting(run.id)).run;
    const { id } = await on.approvalOf(run.id, 'a');
    expect(await on.engine.decideApproval(EVE, id, { approve: true })).toMatchObject({ state: 'APPROVED' });
    const ended = await on.ended(run.id);
    expect(ended.run.outputs).toEqual({ by: 'eve' });
    // The decision, the step, the run: nothing tells that it was parked.
    expect(ended.run.seq - seq).toBeLessThanOrEqual(4);
  });

  it('with each of the signals that arrive together', async () => {
    const run = await parked(`
  - { id: a, kind: signal, input: { name: one } }
  - { id: b, kind: signal, input: { name: two } }
  - { id: c, kind: signal, input: { name: three } }
outputs: { a: "{{ steps.a.output }}", b: "{{ steps.b.output }}", c: "{{ steps.c.output }}" }`);
    await Promise.all(
      ['one', 'two', 'three'].map((name, payload) => on.engine.sendSignal(ADMIN, run.id, { name, payload })),
    );
    expect((await on.ended(run.id)).run.outputs).toEqual({ a: 0, b: 1, c: 2 });
  });

  it('when its time has come, within a second', async () => {
    const run = await parked('  - { id: a, kind: sleep, input: { ms: 4000 } }');
    const { steps } = await on.waiting(run.id);
    const ended = await on.ended(run.id);
    const late = (ended.steps[0]?.finishedAt?.getTime() ?? Number.NaN) - (steps[0]?.wakeAt?.getTime() ?? Number.NaN);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(1_000);
  });

  it('when its approval expires, and when its retry is due', async () => {
    on.failTimes(1);
    const run = await parked(`
  - { id: a, kind: approval, continue_on_error: true, input: { reason: "well?", expires_ms: 4000 } }
  - { id: b, kind: command, command: flaky, retry: { max_attempts: 2, backoff_ms: 4000 }, input: { v: 1 } }`);
    expect(stepStates(await on.ended(run.id))).toEqual({ a: 'TIMEOUT', b: 'SUCCEEDED' });
  });

  it('when it is cancelled', async () => {
    const run = await parked('  - { id: a, kind: signal, input: { name: never } }');
    await on.engine.cancelRun(ADMIN, run.id, { compensate: false });
    expect((await on.ended(run.id)).run.state).toBe('CANCELLED');
  });
});

it('stays in memory while a caller waits for its end', async () => {
  const started = on.start('  - { id: a, kind: signal, input: { name: go } }\noutputs: { a: "{{ steps.a.output }}" }', {
    name: 'held',
    waitMs: 20_000,
  });
  const held = async () =>
    (await on.store.reader.runs({ tenant: 'default' }, { workflow: 'held' }, { first: 1 })).edges;
  await expect.poll(async () => (await held())[0]?.node.state).toBe('WAITING');
  const { run: other } = await on.start('  - { id: a, kind: signal, input: { name: go } }');
  await on.untilInMemory(2);
  await on.untilInMemory(1);
  const [edge] = await held();
  await on.engine.sendSignal(ADMIN, edge?.node.id ?? '', { name: 'go', payload: 'a' });
  expect((await started).run.outputs).toEqual({ a: 'a' });
  await on.engine.cancelRun(ADMIN, other.id, { compensate: false });
});

it('is not loaded when a server starts', async () => {
  const run = await parked('  - { id: a, kind: signal, input: { name: go } }');
  for (const end of ['restart', 'crash'] as const) {
    await on[end]();
    expect(await on.inMemory()).toBe(0);
  }
  await on.engine.sendSignal(ADMIN, run.id, { name: 'go' });
  expect((await on.ended(run.id)).run.state).toBe('SUCCEEDED');
});
