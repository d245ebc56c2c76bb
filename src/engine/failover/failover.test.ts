import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN } from '../../../test/support/engine/engine.ts';
import { EVE, startWorkflows, stepStates } from '../../../test/support/engine/workflows.ts';
import type { SignedIn } from '../../core/principal.ts';

let on: Awaited<ReturnType<typeof startWorkflows>>;
beforeAll(async () => {
  on = await startWorkflows([
    'p, admin, command:flaky, **, *, throttle, rate=2/s',
    'p, analyst, command:act, **, *, deny',
  ]);
});
afterAll(() => on.stop());
afterEach(async () => {
  expect(await on.chainProblems()).toEqual([]);
  on.acted.length = 0;
});

const LESSER: SignedIn = { ...ADMIN, subject: 'lesser', username: 'lesser', roles: ['analyst'] };

/** How a process ends. */
const ways = ['crash', 'restart'] as const;

describe.each(ways)('after a %s, a run continues that', (way) => {
  const end = () => on[way]();

  it('waits for an approval', async () => {
    const { run } = await on.start(
      '  - { id: a, kind: approval, input: { reason: "well?" } }\noutputs: { by: "{{ steps.a.output.by }}" }',
    );
    await on.waiting(run.id);
    await end();
    const { id } = await on.approvalOf(run.id, 'a');
    expect(await on.engine.decideApproval(EVE, id, { approve: true })).toMatchObject({ state: 'APPROVED' });
    expect((await on.ended(run.id)).run.outputs).toEqual({ by: 'eve' });
  });

  it('has an author whose permission it needs', async () => {
    const yaml = `name: by_eve
steps:
  - { id: wait, kind: signal, input: { name: go } }
  - { id: act, kind: command, command: act, depends_on: [wait], input: { v: 1 } }`;
    await on.engine.saveWorkflow(LESSER, { yaml });
    const { run } = await on.engine.startWorkflow(ADMIN, { source: { name: 'by_eve' } });
    await on.waiting(run.id);
    await end();
    await on.engine.sendSignal(ADMIN, run.id, { name: 'go' });
    const ended = await on.ended(run.id);
    expect([ended.run.state, on.acted]).toEqual(['DENIED', []]);
    expect(ended.run.error?.message).toContain('For lesser, who wrote it');
    await on.engine.deleteWorkflow(ADMIN, 'by_eve');
  });

  it('waits for an approval that has expired by then', async () => {
    const { run } = await on.start('  - { id: a, kind: approval, input: { reason: "well?", expires_ms: 50 } }');
    await on.waiting(run.id);
    await end();
    expect((await on.ended(run.id)).run.state).toBe('TIMEOUT');
  });

  it('waits for a signal, or has it already', async () => {
    const { run } = await on.start(`
  - { id: a, kind: signal, input: { name: one } }
  - { id: b, kind: signal, depends_on: [a], input: { name: two } }
outputs: { a: "{{ steps.a.output }}", b: "{{ steps.b.output }}" }`);
    await on.waiting(run.id);
    await on.engine.sendSignal(ADMIN, run.id, { name: 'two', payload: 2 });
    await end();
    await on.engine.sendSignal(ADMIN, run.id, { name: 'one', payload: 1 });
    expect((await on.ended(run.id)).run.outputs).toEqual({ a: 1, b: 2 });
  });

  it('sleeps', async () => {
    const { run } = await on.start('  - { id: a, kind: sleep, input: { ms: 300 } }');
    await on.waiting(run.id);
    await end();
    const ended = await on.ended(run.id);
    expect(ended.run.state).toBe('SUCCEEDED');
    expect(Number(ended.steps[0]?.finishedAt)).toBeGreaterThanOrEqual(run.createdAt.getTime() + 300);
  });

  it('waits for a retry', async () => {
    on.failTimes(1);
    const { run } = await on.start(
      '  - { id: a, kind: command, command: flaky, retry: { max_attempts: 2, backoff_ms: 300 }, input: { v: 1 } }',
    );
    await on.until(run.id, (now) => ['FAILED_RETRYABLE', 'SUCCEEDED'].includes(stepStates(now).a ?? ''));
    await end();
    expect((await on.ended(run.id)).steps[0]).toMatchObject({ state: 'SUCCEEDED', attempt: 2 });
  });

  it('is throttled by the policy', async () => {
    const { run } = await on.start(`
  - { id: a, kind: command, command: flaky, for_each: [1, 2, 3, 4], max_parallel: 4, input: { v: "{{ item }}" } }
outputs: { a: "{{ steps.a.output }}" }`);
    await on.waiting(run.id);
    await end();
    expect((await on.ended(run.id)).run.outputs).toEqual({ a: [1, 2, 3, 4] });
  });

  it('runs a pure step, which is repeated', async () => {
    const v = `pure-${way}`;
    const { run } = await on.start(`  - { id: a, kind: command, command: hold, input: { v: ${v} } }`);
    await expect.poll(() => on.acted).toEqual([v]);
    await on.until(run.id, (now) => stepStates(now).a === 'RUNNING');
    await end();
    await expect.poll(() => on.acted.filter((one) => one === v)).toHaveLength(2);
    on.open(v);
    expect((await on.ended(run.id)).steps[0]).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
  });

  it('runs an external step, which is repeated only if that is allowed', async () => {
    const v = `out-${way}`;
    const { run } = await on.start(`
  - { id: once, kind: command, command: holdOut, continue_on_error: true, input: { v: ${v}-once } }
  - { id: retried, kind: command, command: holdOut, retry: { max_attempts: 2, backoff_ms: 1 }, input: { v: ${v}-retried } }
  - { id: same, kind: command, command: holdOut, idempotent: true, input: { v: ${v}-same } }`);
    await expect.poll(() => on.acted).toHaveLength(3);
    await end();
    await expect.poll(() => on.acted.filter((one) => !one.endsWith('aborted'))).toHaveLength(5);
    for (const name of ['once', 'retried', 'same']) on.open(`${v}-${name}`);
    const ended = await on.ended(run.id);
    expect(ended.run.state).toBe('SUCCEEDED');
    expect(ended.steps.map(({ key, state, attempt }) => [key, state, attempt])).toEqual([
      ['once', 'FAILED', 1],
      ['retried', 'SUCCEEDED', 2],
      ['same', 'SUCCEEDED', 1],
    ]);
    expect(on.acted.filter((one) => one === `${v}-once`)).toHaveLength(1);
    expect(ended.steps[0]?.error?.message).toContain('It may or may not have acted');
  });

  it('waits for a sub-workflow, which continues too', async () => {
    await on.save(
      'name: below\nsteps: [{ id: a, kind: signal, input: { name: go } }]\noutputs: { a: "{{ steps.a.output }}" }',
    );
    const { run } = await on.start(
      '  - { id: a, kind: workflow, workflow: below }\noutputs: { below: "{{ steps.a.output.a }}" }',
    );
    await expect.poll(() => on.childrenOf(run.id)).toHaveLength(1);
    const [child] = await on.childrenOf(run.id);
    await on.waiting(child?.id ?? '');
    await end();
    await on.engine.sendSignal(ADMIN, child?.id ?? '', { name: 'go', payload: 'up' });
    expect((await on.ended(run.id)).run.outputs).toEqual({ below: 'up' });
    expect(await on.childrenOf(run.id)).toHaveLength(1);
  });

  it('has items in progress', async () => {
    const v = `item-${way}`;
    const { run } = await on.start(`
  - { id: a, kind: command, command: hold, for_each: [${v}1, ${v}2, ${v}3], max_parallel: 2, input: { v: "{{ item }}" } }
outputs: { a: "{{ steps.a.output }}" }`);
    on.open(`${v}1`);
    await expect.poll(() => on.acted).toContain(`${v}3`);
    await end();
    for (const n of [2, 3]) on.open(`${v}${n}`);
    expect((await on.ended(run.id)).run.outputs).toEqual({ a: [`${v}1`, `${v}2`, `${v}3`] });
    expect(on.acted.filter((one) => one === `${v}1`)).toHaveLength(1);
  });

  it('is being undone', async () => {
    const { run } = await on.start(`
  - { id: a, kind: command, command: act, input: { v: x }, compensate: { kind: command, command: act, input: { v: unx } } }
  - { id: b, kind: command, command: act, depends_on: [a], input: { v: y }, compensate: { kind: approval, input: { reason: "Undo y?" } } }
  - { id: c, kind: command, command: fail, depends_on: [b], input: {} }`);
    await on.until(run.id, (now) => stepStates(now)['undo:b'] === 'WAITING');
    await end();
    await on.engine.decideApproval(EVE, (await on.approvalOf(run.id, 'undo:b')).id, { approve: true });
    const ended = await on.ended(run.id);
    expect([ended.run.state, ended.run.error?.step, on.acted]).toEqual(['FAILED', 'c', ['x', 'y', 'unx']]);
  });

  it('is in a repair, and has at most max_rounds rounds', async () => {
    const { run } = await on.start(`
  - { id: fix, kind: command, command: echo, input: { v: 1 } }
  - { id: ask, kind: signal, depends_on: [fix], input: { name: go } }
  - { id: check, kind: command, command: fail, depends_on: [ask], repair: { step: fix, max_rounds: 2 }, input: { v: bad } }`);
    for (const round of [1, 2, 3]) {
      await on.until(run.id, (now) => stepStates(now).ask === 'WAITING' && now.steps[0]?.attempt === round);
      if (round > 1) await end();
      await on.engine.sendSignal(ADMIN, run.id, { name: 'go' });
    }
    const ended = await on.ended(run.id);
    expect([ended.run.state, ended.steps.map(({ attempt }) => attempt)]).toEqual(['FAILED', [3, 3, 3]]);
  });
});
