import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, BOB } from '../../../test/support/engine/engine.ts';
import { EVE, startWorkflows, stepStates } from '../../../test/support/engine/workflows.ts';

let on: Awaited<ReturnType<typeof startWorkflows>>;
beforeAll(async () => {
  on = await startWorkflows([
    'p, admin, command:echo, **, *, approve',
    'g, rerunner',
    'p, rerunner, mutation:rerunFrom, **, *, allow',
    'p, rerunner, query:runs, run:own, *, allow',
    'g, careful',
    'p, careful, step:*, **, *, approve',
    'p, careful, command:flaky, **, *, approve',
  ]);
});
afterAll(() => on.stop());
afterEach(async () => {
  expect(await on.chainProblems()).toEqual([]);
  on.acted.length = 0;
});

describe('a step that requires an approval by the policy', () => {
  const step = '  - { id: a, kind: command, command: echo, input: { v: 1 } }\noutputs: { a: "{{ steps.a.output }}" }';

  it('runs when another person approves, not when its requester does', async () => {
    const { run } = await on.start(step);
    await on.waiting(run.id);
    const { id } = await on.approvalOf(run.id, 'a');
    const own = on.engine.decideApproval(ADMIN, id, { approve: true });
    await expect(own).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('another person') });
    expect((await on.approvalOf(run.id, 'a')).state).toBe('OPEN');
    await on.engine.decideApproval(EVE, id, { approve: true });
    const ended = await on.ended(run.id);
    expect(ended.run.outputs).toEqual({ a: 1 });
    expect(ended.steps[0]?.decision).toMatchObject({ effect: 'APPROVE' });
  });

  it('does not run when another person rejects it', async () => {
    const { run } = await on.start(step);
    await on.waiting(run.id);
    await on.engine.decideApproval(EVE, (await on.approvalOf(run.id, 'a')).id, { approve: false });
    expect((await on.ended(run.id)).run.state).toBe('DENIED');
  });
});

describe('a step of a role that needs approvals', () => {
  const as = { ...ADMIN, roles: ['admin', 'careful'] };

  it.each([
    ['a sleep', '{ id: a, kind: sleep, input: { ms: 30 } }'],
    ['a signal', '{ id: a, kind: signal, input: { name: go } }'],
  ])('%s begins to wait when another person agrees', async (kind, step) => {
    const { run } = await on.start(`  - ${step}`, { as });
    await on.waiting(run.id);
    if (kind === 'a signal') await on.engine.sendSignal(ADMIN, run.id, { name: 'go' });
    expect(stepStates(await on.waiting(run.id))).toEqual({ a: 'WAITING' });
    await on.engine.decideApproval(EVE, (await on.approvalOf(run.id, 'a')).id, { approve: true });
    expect((await on.ended(run.id)).run.state).toBe('SUCCEEDED');
  });

  it('that is retried needs one approval for all attempts', async () => {
    on.failTimes(1);
    const retry = 'retry: { max_attempts: 2, backoff_ms: 5 }';
    const { run } = await on.start(`  - { id: a, kind: command, command: flaky, ${retry}, input: { v: 1 } }`, { as });
    await on.waiting(run.id);
    await on.engine.decideApproval(EVE, (await on.approvalOf(run.id, 'a')).id, { approve: true });
    expect((await on.ended(run.id)).steps[0]).toMatchObject({ state: 'SUCCEEDED', attempt: 2 });
  });
});

describe('a signal', () => {
  const waits =
    '  - { id: a, kind: sleep, input: { ms: 60 } }\n  - { id: b, kind: signal, depends_on: [a], input: { name: go, timeout_ms: 60000 } }\noutputs: { b: "{{ steps.b.output }}" }';

  it.each(['before', 'after'])('that arrives %s the step waits for it is its output', async (when) => {
    const { run } = await on.start(waits);
    if (when === 'after') await on.until(run.id, (now) => stepStates(now).b === 'WAITING');
    await on.engine.sendSignal(ADMIN, run.id, { name: 'go', payload: { x: 1 } });
    expect((await on.ended(run.id)).run.outputs).toEqual({ b: { x: 1 } });
  });

  it('that is invalid, or too late, is rejected', async () => {
    const { run } = await on.run('  - { id: a, kind: sleep, input: { ms: 1 } }');
    const send = (id: string, name: string) => on.engine.sendSignal(ADMIN, id, { name });
    await expect(send(run.id, 'go')).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(send(run.id, 'no name')).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(send('run_0', 'go')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(on.engine.sendSignal(BOB, run.id, { name: 'go' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('that no step waits for is rejected, with the names that steps wait for', async () => {
    const { run } = await on.start(waits);
    await expect(on.engine.sendSignal(ADMIN, run.id, { name: 'goo' })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      path: ['name'],
      message: `No step of run ${run.id} waits for the signal goo. Did you mean go? Its steps wait for go.`,
    });
    await on.engine.cancelRun(ADMIN, run.id, { compensate: false });
    const sleeping = await on.start('  - { id: a, kind: sleep, input: { ms: 60000 } }');
    await expect(on.engine.sendSignal(ADMIN, sleeping.run.id, { name: 'go' })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
    await on.engine.cancelRun(ADMIN, sleeping.run.id, { compensate: false });
  });

  it('whose name is an expression is accepted before the expression is evaluated', async () => {
    const { run } = await on.start(
      '  - { id: a, kind: sleep, input: { ms: 60 } }\n  - { id: b, kind: signal, depends_on: [a], input: { name: "go-{{ which }}" } }\ninputs: { which: string }\noutputs: { b: "{{ steps.b.output }}" }',
      { inputs: { which: 'left' } },
    );
    await on.engine.sendSignal(ADMIN, run.id, { name: 'go-left', payload: 1 });
    expect((await on.ended(run.id)).run.outputs).toEqual({ b: 1 });
  });

  it('that does not arrive in time ends the step', async () => {
    const { run } = await on.run('  - { id: a, kind: signal, input: { name: go, timeout_ms: 30 } }');
    expect(run).toMatchObject({ state: 'TIMEOUT', error: { message: 'The signal go did not arrive in time.' } });
  });
});

describe('cancelling', () => {
  it('aborts running steps, stops waiting ones, and records the person and the reason', async () => {
    const { run } = await on.start(`
  - { id: a, kind: command, command: hold, input: { v: c1 } }
  - { id: b, kind: approval, input: { reason: "well?" } }
  - { id: c, kind: sleep, depends_on: [a], input: { ms: 1 } }`);
    await expect.poll(() => on.acted).toEqual(['c1']);
    const cancelled = await on.engine.cancelRun(EVE, run.id, { reason: 'bored', compensate: false });
    expect([cancelled.run.state, stepStates(cancelled)]).toEqual([
      'CANCELLED',
      { a: 'CANCELLED', b: 'CANCELLED', c: 'CANCELLED' },
    ]);
    expect(cancelled.run.error?.message).toBe('eve cancelled it: bored');
    expect(on.acted).toEqual(['c1', 'c1 aborted']);
    expect((await on.approvalOf(run.id, 'b')).state).toBe('EXPIRED');
    await expect(on.engine.cancelRun(EVE, run.id, { compensate: false })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('compensates the completed steps on request', async () => {
    const { run } = await on.start(`
  - { id: a, kind: command, command: act, input: { v: book }, compensate: { kind: command, command: act, input: { v: unbook } } }
  - { id: b, kind: command, command: hold, depends_on: [a], input: { v: c2 } }`);
    await expect.poll(() => on.acted).toEqual(['book', 'c2']);
    await on.engine.cancelRun(ADMIN, run.id, { compensate: true });
    const ended = await on.ended(run.id);
    expect([ended.run.state, on.acted]).toEqual(['CANCELLED', ['book', 'c2', 'c2 aborted', 'unbook']]);
  });

  it.each([0, 150])('takes the sub-workflows with it, after %d ms', async (ms) => {
    await on.save('name: leaf\nsteps: [{ id: a, kind: command, command: hold, input: { v: leaf } }]');
    await on.save('name: branch\nsteps: [{ id: a, kind: workflow, workflow: leaf }]');
    const { run } = await on.start('  - { id: a, kind: workflow, workflow: branch }');
    await expect.poll(() => on.acted).toEqual(['leaf']);
    await new Promise((resolve) => setTimeout(resolve, ms));
    await on.engine.cancelRun(ADMIN, run.id, { compensate: false });
    await expect.poll(() => on.acted).toEqual(['leaf', 'leaf aborted']);
    const [child] = await on.childrenOf(run.id);
    const [grandchild] = await on.childrenOf(child?.id ?? '');
    for (const id of [child?.id, grandchild?.id]) expect((await on.ended(id ?? '')).run.state).toBe('CANCELLED');
  });
});

describe('retryStep', () => {
  it('continues the same run at the step that failed', async () => {
    const failing = `
  - { id: a, kind: command, command: act, input: { v: once } }
  - { id: b, kind: command, command: flaky, depends_on: [a], input: { v: 7 } }
  - { id: c, kind: transform, input: { data: "{{ steps.b.output }}", expression: "$ * 6" } }
outputs: { c: "{{ steps.c.output }}" }`;
    on.failTimes(1);
    const failed = await on.run(failing);
    expect([failed.run.state, stepStates(failed)]).toEqual(['FAILED', { a: 'SUCCEEDED', b: 'FAILED', c: 'SKIPPED' }]);
    await on.engine.retryStep(ADMIN, failed.run.id, 'b');
    const { run, steps } = await on.ended(failed.run.id);
    expect([run.state, run.outputs, run.error]).toEqual(['SUCCEEDED', { c: 42 }, undefined]);
    expect(steps.map(({ attempt }) => attempt)).toEqual([1, 2, 1]);
    expect(on.acted).toEqual(['once']);
  });

  it('is rejected for a step that succeeded, a run in progress, and a compensated run', async () => {
    const done = await on.run('  - { id: a, kind: sleep, input: { ms: 1 } }');
    await expect(on.engine.retryStep(ADMIN, done.run.id, 'a')).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(on.engine.retryStep(ADMIN, done.run.id, 'z')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const { run } = await on.start('  - { id: a, kind: signal, input: { name: go } }');
    await expect(on.engine.retryStep(ADMIN, run.id, 'a')).rejects.toMatchObject({ code: 'CONFLICT' });
    await on.engine.cancelRun(ADMIN, run.id, { compensate: false });
    const undone = await on.run(`
  - { id: a, kind: command, command: act, input: { v: x }, compensate: { kind: command, command: act, input: { v: y } } }
  - { id: b, kind: command, command: fail, depends_on: [a], input: {} }`);
    await expect(on.engine.retryStep(ADMIN, undone.run.id, 'b')).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('rerunFrom', () => {
  const steps = `
  - { id: a, kind: command, command: act, input: { v: "a {{ n }}" } }
  - { id: big, kind: command, command: large, input: { v: 100000 } }
  - { id: b, kind: command, command: act, depends_on: [a], input: { v: "b {{ n }}" } }
  - { id: c, kind: command, command: act, depends_on: [b, big], input: { v: "c {{ n }}" } }
inputs: { n: integer }
outputs: { c: "{{ steps.c.output }}", size: "{{ steps.big.output | length }}" }`;

  it('repeats the step and its dependents in a new run, and keeps the rest and its artifacts', async () => {
    const first = await on.run(steps, { n: 1 });
    on.acted.length = 0;
    const started = await on.engine.rerunFrom(ADMIN, first.run.id, 'b', { n: 2 });
    const { run, steps: again } = await on.ended(started.run.id);
    expect(run).toMatchObject({ state: 'SUCCEEDED', rerunOf: first.run.id, outputs: { c: 'c 2', size: 100_000 } });
    expect(on.acted).toEqual(['b 2', 'c 2']);
    const digest = first.steps[1]?.output?.digest;
    expect(again[1]?.output?.digest).toBe(digest);
    const { edges } = await on.store.reader.artifacts({ tenant: 'default' }, run.id, { first: 10 });
    expect(edges.map(({ node }) => [node.step, node.digest])).toEqual([['big', digest]]);
  });

  it('also runs steps that were skipped because the run was ending', async () => {
    on.failTimes(1);
    const first = await on.run(`
  - { id: a, kind: command, command: flaky, input: { v: 1 } }
  - { id: slow, kind: sleep, input: { ms: 100 } }
  - { id: b, kind: command, command: act, depends_on: [slow], input: { v: b } }`);
    expect(stepStates(first)).toMatchObject({ a: 'FAILED', b: 'SKIPPED' });
    const again = await on.ended((await on.engine.rerunFrom(ADMIN, first.run.id, 'a')).run.id);
    expect([again.run.state, stepStates(again), on.acted]).toEqual([
      'SUCCEEDED',
      { a: 'SUCCEEDED', slow: 'SUCCEEDED', b: 'SUCCEEDED' },
      ['b'],
    ]);
  });

  it('is rejected while the run is in progress, for an unknown input, and after a step that did not succeed', async () => {
    const { run } = await on.start('  - { id: a, kind: signal, input: { name: go } }');
    await expect(on.engine.rerunFrom(ADMIN, run.id, 'a')).rejects.toMatchObject({ code: 'CONFLICT' });
    await on.engine.cancelRun(ADMIN, run.id, { compensate: false });
    const failed = await on.run(
      '  - { id: a, kind: command, command: fail, input: {} }\n  - { id: b, kind: sleep, depends_on: [a], input: { ms: 1 } }',
    );
    await expect(on.engine.rerunFrom(ADMIN, failed.run.id, 'a', { m: 1 })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(on.engine.rerunFrom(ADMIN, failed.run.id, 'b')).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(on.engine.rerunFrom(ADMIN, failed.run.id, 'z')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('asks the policy for the workflow like a start, and records a denial as a run', async () => {
    const first = await on.run('  - { id: a, kind: command, command: act, input: { v: a } }');
    const again = await on.ended((await on.engine.rerunFrom(ADMIN, first.run.id, 'a')).run.id);
    const actions: string[] = [];
    for await (const event of on.store.reader.eventsOf({ tenant: 'default' }, again.run.id)) {
      if (event.type === 'POLICY_DECIDED') actions.push(event.payload.decision.action);
    }
    expect(actions[0]).toBe('workflow:test');

    const bobs = await on.run('  - { id: a, kind: sleep, input: { ms: 1 } }', undefined, { as: BOB });
    const guest = { ...BOB, roles: ['rerunner'] };
    await expect(on.engine.rerunFrom(guest, bobs.run.id, 'a')).rejects.toMatchObject({
      code: 'FORBIDDEN',
      decision: { action: 'workflow:test', effect: 'DENY' },
    });
    const { edges } = await on.store.reader.runs({ tenant: 'default' }, { state: ['DENIED'] }, { first: 1 });
    expect(edges[0]?.node).toMatchObject({ rerunOf: bobs.run.id, workflow: 'test' });
  });
});
