import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, BOB } from '../../../test/support/engine/engine.ts';
import { startWorkflows, stepStates } from '../../../test/support/engine/workflows.ts';

let on: Awaited<ReturnType<typeof startWorkflows>>;
beforeAll(async () => {
  on = await startWorkflows(['p, admin, command:flaky, **, *, throttle, rate=5/s']);
});
afterAll(() => on.stop());
afterEach(async () => {
  expect(await on.chainProblems()).toEqual([]);
  on.acted.length = 0;
});

describe('a step', () => {
  it('of each kind produces its output', async () => {
    await on.save(
      'name: child\ninputs: { n: integer }\nsteps: [{ id: a, kind: command, command: echo, input: { v: "{{ n + 1 }}" } }]\noutputs: { m: "{{ steps.a.output }}" }',
    );
    const { run, steps } = await on.run(
      `
  - { id: row, kind: command, command: echo, input: { v: { price: 2, name: "{{ name }}" } } }
  - { id: sum, kind: transform, input: { data: "{{ steps.row.output }}", expression: "price * 21" } }
  - { id: found, kind: query, query: resources, input: { uri: 'data:text/plain,x' } }
  - { id: nap, kind: sleep, depends_on: [sum], input: { ms: 20 } }
  - { id: below, kind: workflow, workflow: child, depends_on: [nap], input: { n: "{{ steps.sum.output }}" } }
inputs: { name: string }
outputs: { sum: "{{ steps.sum.output }}", text: "{{ name }} has {{ steps.sum.output }}", below: "{{ steps.below.output.m }}", row: "{{ steps.row.output }}" }`,
      { name: 'Ann' },
    );
    expect(run.error).toBeUndefined();
    expect(run.outputs).toEqual({ sum: 42, text: 'Ann has 42', below: 43, row: { price: 2, name: 'Ann' } });
    expect(steps.map(({ state }) => state)).toEqual(Array(5).fill('SUCCEEDED'));
  });

  it('is skipped by its condition, and the run continues', async () => {
    const run = await on.run(`
  - { id: a, kind: command, command: echo, input: { v: 5 } }
  - { id: b, kind: command, command: act, when: "steps.a.output > 10", input: { v: never } }
  - { id: c, kind: command, command: echo, depends_on: [b], input: { v: "{{ steps.b.state }}" } }
outputs: { c: "{{ steps.c.output }}" }`);
    expect([run.run.outputs, on.acted]).toEqual([{ c: 'SKIPPED' }, []]);
  });

  it('that may fail is recorded, and the run continues', async () => {
    const run = await on.run(`
  - { id: a, kind: command, command: fail, continue_on_error: true, input: { v: broken } }
  - { id: b, kind: command, command: echo, depends_on: [a], input: { v: "{{ steps.a.error }}" } }
outputs: { b: "{{ steps.b.output }}" }`);
    expect(run.run).toMatchObject({ state: 'SUCCEEDED', outputs: { b: { code: 'BAD_INPUT', message: 'broken' } } });
  });

  it('is retried while the failure may pass, and counts its attempts', async () => {
    on.failTimes(2);
    const retry = 'retry: { max_attempts: 3, backoff_ms: 5, max_backoff_ms: 10 }';
    const run = await on.run(`  - { id: a, kind: command, command: flaky, ${retry}, input: { v: 1 } }`);
    expect(run.steps[0]).toMatchObject({ state: 'SUCCEEDED', attempt: 3 });
    on.failTimes(3);
    const failed = await on.run(`  - { id: a, kind: command, command: flaky, ${retry}, input: { v: 1 } }`);
    expect(failed.steps[0]).toMatchObject({ state: 'FAILED', attempt: 3, error: { code: 'RESOURCE_UNREACHABLE' } });
    on.failTimes(0);
  });

  it.each([
    ['a command', '{ id: a, kind: command, command: hold, timeout_ms: 30, input: { v: late } }'],
    [
      'a transform',
      '{ id: a, kind: transform, timeout_ms: 200, input: { expression: "($f := function(){$f()}; $f())" } }',
    ],
    ['a sub-workflow', '{ id: a, kind: workflow, workflow: endless, timeout_ms: 30 }'],
  ])('of %s has its time', async (_, step) => {
    await on.save('name: endless\nsteps: [{ id: a, kind: signal, input: { name: never } }]');
    const run = await on.run(`  - ${step}`);
    expect(run.run).toMatchObject({ state: 'TIMEOUT', error: { code: 'TIMEOUT', step: 'a' } });
    for (const { id } of await on.childrenOf(run.run.id)) {
      expect((await on.ended(id)).run.state).toBe('CANCELLED');
    }
  });

  it('does not use up its time while it waits for a worker', async () => {
    const slow = '{ kind: transform, input: { expression: "$sum([1..300000].($ * 2))" }';
    const run = await on.run(`
  - ${slow.replace('{', '{ id: a,')} }
  - ${slow.replace('{', '{ id: b,')} }
  - { id: c, kind: transform, timeout_ms: 150, input: { expression: "1 + 1" } }
outputs: { c: "{{ steps.c.output }}" }`);
    expect(run.run.error).toBeUndefined();
    expect(run.run.outputs).toEqual({ c: 2 });
  });

  it('may have a longer time limit than one Node.js timer', async () => {
    const { run } = await on.start(
      '  - { id: a, kind: command, command: hold, timeout_ms: 3000000000, input: { v: long } }',
    );
    await expect.poll(() => on.acted).toEqual(['long']);
    await sleep(30);
    on.open('long');
    expect((await on.ended(run.id)).run.state).toBe('SUCCEEDED');
  });

  it('is throttled, and runs when its bucket has refilled', async () => {
    const run = await on.run(`
  - { id: a, kind: command, command: flaky, for_each: [1, 2, 3, 4, 5, 6, 7], max_parallel: 7, input: { v: "{{ item }}" } }
outputs: { a: "{{ steps.a.output }}" }`);
    expect(run.run.outputs).toEqual({ a: [1, 2, 3, 4, 5, 6, 7] });
    const waited: string[] = [];
    for await (const { type, step = '', payload } of on.store.reader.history(run.run.id)) {
      if (type === 'STEP_STATE_CHANGED' && payload.to === 'WAITING') waited.push(step);
    }
    expect(waited.length).toBeGreaterThan(0);
  });

  it('reuses the output that was cached under the same key', async () => {
    const step = (v: number) =>
      `  - { id: a, kind: command, command: act, cache: { key: "k {{ key }}", ttl_ms: 60000 }, input: { v: ${v} } }\ninputs: { key: string }\noutputs: { a: "{{ steps.a.output }}" }`;
    const outputs = async (v: number, key: string) => (await on.run(step(v), { key })).run.outputs;
    expect(await outputs(1, 'x')).toEqual({ a: 1 });
    expect(await outputs(2, 'x')).toEqual({ a: 1 });
    expect(await outputs(3, 'y')).toEqual({ a: 3 });
    expect(on.acted).toEqual(['1', '3']);
  });
});

describe('for_each', () => {
  it('returns a list in the order of the items, whichever ended first', async () => {
    const started = await on.start(`
  - { id: a, kind: command, command: hold, for_each: "{{ names }}", input: { v: "{{ item }}" } }
inputs: { names: { type: array, default: [p, q, r] } }
outputs: { a: "{{ steps.a.output }}" }`);
    await expect.poll(() => [...on.acted].sort()).toEqual(['p', 'q', 'r']);
    for (const name of ['r', 'q', 'p']) on.open(name);
    expect((await on.ended(started.run.id)).run.outputs).toEqual({ a: ['p', 'q', 'r'] });
    const page = await on.store.reader.items({ tenant: 'default' }, started.run.id, 'a', { first: 2 });
    expect(page.edges.map(({ node }) => [node.key, node.item])).toEqual([
      ['a[0]', 'p'],
      ['a[1]', 'q'],
    ]);
  });

  it('whose option must be text fails with advice when an expression gives a list', async () => {
    const { run } = await on.run(`
  - { id: rows, kind: transform, input: { data: 1, expression: "[1, 2]" } }
  - { id: page, kind: command, command: render, input: { data: 1, template: "{{ steps.rows.output }}" } }`);
    const message = expect.stringMatching(/template must be string.*\| tojson/);
    expect(run).toMatchObject({ state: 'FAILED', error: { code: 'BAD_INPUT', step: 'page', message } });
  });

  it('runs at most max_parallel items at once', async () => {
    const started = await on.start(
      `  - { id: a, kind: command, command: hold, for_each: [s, t, u], max_parallel: 2, input: { v: "{{ item }}" } }`,
    );
    await expect.poll(() => on.acted).toEqual(['s', 't']);
    on.open('t');
    await expect.poll(() => on.acted).toEqual(['s', 't', 'u']);
    for (const name of ['s', 'u']) on.open(name);
    await on.ended(started.run.id);
  });

  it('of an empty list is an empty list; of another value, an error', async () => {
    const each = (list: string) =>
      `  - { id: a, kind: command, command: echo, for_each: "{{ ${list} }}", input: { v: 1 } }\noutputs: { a: "{{ steps.a.output }}" }`;
    expect((await on.run(each('[]'))).run.outputs).toEqual({ a: [] });
    expect((await on.run(each('7'))).run).toMatchObject({ state: 'FAILED', error: { code: 'BAD_INPUT' } });
  });

  it('collects failures, or fails fast', async () => {
    const each = (how: string) => `
  - { id: a, kind: command, command: fail, for_each: [1, 2], max_parallel: 1, on_item_failure: ${how}, input: { v: "n{{ item }}" } }
outputs: { a: "{{ steps.a.output }}", errors: "{{ steps.a.errors }}" }`;
    const errors = [
      { index: 0, code: 'BAD_INPUT', message: 'n1' },
      { index: 1, code: 'BAD_INPUT', message: 'n2' },
    ];
    expect((await on.run(each('collect'))).run.outputs).toEqual({ a: [null, null], errors });
    const failed = await on.run(each('fail_fast'));
    expect(failed.run).toMatchObject({ state: 'FAILED', error: { message: 'Item 0: n1', step: 'a' } });
  });
});

describe('a run that fails', () => {
  it('compensates its steps in reverse order', async () => {
    const run = await on.run(`
  - { id: a, kind: command, command: act, input: { v: book }, compensate: { kind: command, command: act, input: { v: unbook } } }
  - { id: b, kind: command, command: act, depends_on: [a], input: { v: pay }, compensate: { kind: command, command: act, input: { v: "refund {{ steps.a.output }}" } } }
  - { id: c, kind: command, command: fail, depends_on: [b], input: {} }`);
    expect(on.acted).toEqual(['book', 'pay', 'refund book', 'unbook']);
    expect(run.run).toMatchObject({ state: 'FAILED', error: { step: 'c' } });
    expect(stepStates(run)).toMatchObject({ 'undo:a': 'SUCCEEDED', 'undo:b': 'SUCCEEDED' });
  });

  it('is repaired first, if there is a repair step', async () => {
    const run = await on.run(`
  - { id: write, kind: transform, input: { data: "{{ repair.round if repair is defined else 0 }}", expression: "$" } }
  - { id: check, kind: transform, repair: { step: write, max_rounds: 3 }, input: { data: "{{ steps.write.output }}", expression: "$ < 2 ? $error('too low') : $" } }
outputs: { v: "{{ steps.check.output }}" }`);
    expect(run.run.error).toBeUndefined();
    expect(run.run.outputs).toEqual({ v: 2 });
    expect(run.steps.map(({ attempt }) => attempt)).toEqual([3, 3]);
  });
});

describe('starting a workflow', () => {
  it('with the same key returns the same run, and rejects a different request', async () => {
    const steps = '  - { id: a, kind: command, command: act, input: { v: once } }';
    const [first, second] = await Promise.all(
      [1, 2].map(() => on.start(steps, { idempotencyKey: 'k1', waitMs: 60_000 })),
    );
    expect(second?.run.id).toBe(first?.run.id);
    expect(on.acted).toEqual(['once']);
    const other = on.start('  - { id: b, kind: sleep, input: { ms: 1 } }', { idempotencyKey: 'k1' });
    await expect(other).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('asks the policy about each step when it begins: a denied step is recorded, and does not run', async () => {
    const run = await on.run(
      '  - { id: a, kind: sleep, input: { ms: 1 } }\n  - { id: b, kind: command, command: act, depends_on: [a], input: { v: 1 } }',
      {},
      { as: BOB },
    );
    expect([run.run.state, stepStates(run), on.acted]).toEqual(['DENIED', { a: 'SUCCEEDED', b: 'DENIED' }, []]);
    expect(run.steps[1]?.decision).toMatchObject({ effect: 'DENY', action: 'command:act' });
  });

  it('runs no more steps of a run, or of a workflow, at once than the document permits', async () => {
    const steps = `
  - { id: a, kind: command, command: hold, input: { v: one } }
  - { id: b, kind: command, command: hold, input: { v: two } }
max_parallel: 1
max_parallel_runs: 1`;
    const runs = [await on.start(steps, { name: 'narrow' }), await on.start(steps, { name: 'narrow' })];
    await expect.poll(() => on.acted).toEqual(['one']);
    on.open('one');
    on.open('two');
    for (const { run } of runs) expect((await on.ended(run.id)).run.state).toBe('SUCCEEDED');
    expect([...on.acted].sort()).toEqual(['one', 'one', 'two', 'two']);
  });

  it('serves runs with higher priority first', async () => {
    const start = (name: string, v: string, priority: 'CRITICAL' | 'BATCH' | 'INTERACTIVE') =>
      on.start(`  - { id: a, kind: command, command: hold, input: { v: ${v} } }\nmax_parallel_runs: 1`, {
        name,
        priority,
      });
    const first = await start('urgent', 'r0', 'BATCH');
    await expect.poll(() => on.acted).toEqual(['r0']);
    const rest = [
      await start('urgent', 'r3', 'BATCH'),
      await start('urgent', 'r2', 'INTERACTIVE'),
      await start('urgent', 'r1', 'CRITICAL'),
    ];
    for (const name of ['r0', 'r1', 'r2', 'r3']) on.open(name);
    for (const { run } of [first, ...rest]) await on.ended(run.id);
    expect(on.acted).toEqual(['r0', 'r1', 'r2', 'r3']);
  });

  it('with an invalid document reports all problems, and starts nothing', async () => {
    const bad = on.engine.startWorkflow(ADMIN, {
      source: {
        yaml: 'name: bad\nsteps:\n  - { id: a, kind: command, command: nope }\n  - { id: b, kind: sleep, inptu: {} }',
      },
    });
    const error = await bad.catch((fault: unknown) => fault);
    expect(error).toMatchObject({ code: 'BAD_INPUT', path: ['source'] });
    expect((error as { violations: readonly unknown[] }).violations.length).toBeGreaterThan(1);
  });
});
