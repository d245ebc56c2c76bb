import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN } from '../../../../test/support/engine/engine.ts';
import { startWorkflows } from '../../../../test/support/engine/workflows.ts';
import { until } from '../../../../test/support/until.ts';

let on: Awaited<ReturnType<typeof startWorkflows>>;
beforeAll(async () => {
  on = await startWorkflows();
});
afterAll(() => on.stop());
afterEach(async () => {
  expect(await on.chainProblems()).toEqual([]);
  on.acted.length = 0;
});

describe('a sub-workflow', () => {
  it('is a separate run, in the same trace, on behalf of the same principal', async () => {
    await on.save('name: inner\nsteps: [{ id: a, kind: command, command: echo, input: { v: 1 } }]');
    const { run } = await on.run('  - { id: a, kind: workflow, workflow: inner }', {}, { labels: { team: 'x' } });
    const [child] = await on.childrenOf(run.id);
    const { traceId, principal, labels } = run;
    expect(child).toMatchObject({
      parentId: run.id,
      workflow: 'inner',
      state: 'SUCCEEDED',
      traceId,
      principal,
      labels,
    });
  });

  it('that fails makes its step fail with the same reason', async () => {
    await on.save('name: doomed\nsteps: [{ id: a, kind: command, command: fail, input: { v: because } }]');
    const { run } = await on.run('  - { id: a, kind: workflow, workflow: doomed }');
    expect(run).toMatchObject({
      state: 'FAILED',
      error: { code: 'BAD_INPUT', message: expect.stringContaining('because') },
    });
  });

  it('waits for a place for its run', async () => {
    await on.save(`name: placed
steps: [{ id: a, kind: command, command: holdOut, input: { v: "{{ v }}" } }]
inputs: { v: { type: string } }
outputs: { v: "{{ steps.a.output }}" }`);
    const few = on.withLimits({ runs: 3 });
    const yaml = `name: many
steps:
  - { id: a, kind: workflow, workflow: placed, for_each: [p1, p2, p3, p4, p5], max_parallel: 5, input: { v: "{{ item }}" } }
outputs: { a: "{{ steps.a.output }}" }`;
    const { run } = await few.startWorkflow(ADMIN, { source: { yaml } });
    const opened = new Set<string>();
    while (opened.size < 5) {
      const held = await until('a child holds a place', () => on.acted.find((v) => !opened.has(v)));
      // The parent has one place, and its children the other two.
      expect(await on.inMemory()).toBeLessThanOrEqual(3);
      expect(on.acted.length - opened.size).toBeLessThanOrEqual(2);
      opened.add(held);
      on.open(held);
    }
    expect((await on.ended(run.id)).run.state).toBe('SUCCEEDED');
    await few.stop(0);
  });

  it('that starts itself ends', async () => {
    await on.save('name: recursive\nsteps: [{ id: a, kind: workflow, workflow: recursive }]');
    const { run } = await on.run('  - { id: a, kind: workflow, workflow: recursive }');
    expect(run).toMatchObject({
      state: 'FAILED',
      error: { code: 'BAD_INPUT', message: expect.stringContaining('10 deep') },
    });
    const { edges } = await on.store.reader.runs({ tenant: 'default' }, { workflow: 'recursive' }, { first: 100 });
    expect(edges).toHaveLength(10);
  });
});
