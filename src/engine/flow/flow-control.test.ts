import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN } from '../../../test/support/engine/engine.ts';
import { startWorkflows } from '../../../test/support/engine/workflows.ts';
import { until } from '../../../test/support/until.ts';
import type { Priority } from '../../core/run.ts';
import { isFinalRunState } from '../../core/states.ts';
import { waitReason } from './flow-control.ts';

let on: Awaited<ReturnType<typeof startWorkflows>>;
beforeAll(async () => {
  on = await startWorkflows();
});
afterAll(() => on.stop());

let names = 0;

/** A workflow with one step that ends when its gate is opened, and a limit. */
async function limited(rule: string, more = '') {
  names += 1;
  const name = `limited_${names}`;
  const gate = (id: string) => `${name} ${id}`;
  await on.save(`name: ${name}
inputs: { k: { type: string, default: a }, id: string }
${rule}
${more}
steps: [{ id: s, kind: command, command: hold, input: { v: "${name} {{ id }}" } }]`);
  return {
    name,
    /** @returns the id of the run */
    start: async (id: string, k = 'a', options: { priority?: Priority; idempotencyKey?: string } = {}) => {
      const started = await on.engine.startWorkflow(ADMIN, { source: { name }, inputs: { id, k }, ...options });
      return started.run.id;
    },
    isActive: (id: string) => on.acted.includes(gate(id)),
    untilActive: (id: string) => until(`${id} is active`, () => on.acted.includes(gate(id))),
    /** Ids of those that have begun, in order. */
    begun: () =>
      on.acted
        .filter((one) => one.startsWith(`${name} `) && !one.endsWith('aborted'))
        .map((one) => one.slice(name.length + 1)),
    open: (id: string) => on.open(gate(id)),
    stateOf: async (runId: string) => (await on.store.reader.run({ tenant: 'default' }, runId))?.state,
  };
}
const runOf = async (runId: string) => {
  const run = await on.store.reader.run({ tenant: 'default' }, runId);
  if (!run) throw new Error(`there is no run ${runId}`);
  return run;
};
const waitOf = async (runId: string) => on.engine.flowWaitOf(await runOf(runId));
const ticketsLeft = () =>
  until(
    'no ticket is left',
    async () =>
      (await on.store.flowTickets.leftovers('', new Date())).after === '' &&
      (await on.store.flowTickets.nextTenant('', new Date())) === undefined,
  );

describe('concurrency', () => {
  it('lets as many runs of a key be active as its limit, and the next one in its turn', async () => {
    const flow = await limited('concurrency: { key: "{{ k }}", limit: 2 }');
    const ids = [await flow.start('1'), await flow.start('2'), await flow.start('3'), await flow.start('4')];
    const other = await flow.start('x', 'b');
    for (const id of ['1', '2', 'x']) await flow.untilActive(id);
    expect(await Promise.all(ids.map(flow.stateOf))).toEqual(['RUNNING', 'RUNNING', 'PENDING', 'PENDING']);
    expect(flow.isActive('3')).toBe(false);
    flow.open('2');
    await flow.untilActive('3');
    expect(flow.isActive('4')).toBe(false);
    for (const id of ['1', '3', '4', 'x']) flow.open(id);
    for (const id of [...ids, other]) expect((await on.ended(id)).run.state).toBe('SUCCEEDED');
    expect(flow.begun().filter((id) => id !== 'x')).toEqual(['1', '2', '3', '4']);
    expect(await on.chainProblems()).toEqual([]);
    await ticketsLeft();
  });

  it('says in the run and in its log what it waits for', async () => {
    const flow = await limited('concurrency: { key: "{{ k }}", limit: 1 }');
    const [first, second, third] = [await flow.start('1'), await flow.start('2'), await flow.start('3')];
    await flow.untilActive('1');
    expect(await waitOf(first)).toBeUndefined();
    expect(await waitOf(second)).toMatchObject({ ahead: 0, ticket: { key: 'a', limit: 1, workflow: flow.name } });
    expect(await waitOf(third)).toMatchObject({ ahead: 1 });
    const lines: string[] = [];
    for await (const event of on.store.reader.history(third)) if (event.type === 'LOG') lines.push(event.payload.text);
    expect(lines).toEqual([`Waits for its turn: ${flow.name} allows one run with the key "a" at once.`]);
    for (const id of ['1', '2', '3']) flow.open(id);
    await on.ended(third);
    expect(await waitOf(third)).toBeUndefined();
  });

  it('refuses further runs with `refuse`, exactly when many come at once', async () => {
    const flow = await limited('concurrency: { key: "{{ k }}", limit: 2, overflow: refuse }');
    const starts = await Promise.allSettled(['1', '2', '3', '4', '5'].map((id) => flow.start(id)));
    const refused = starts.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(3);
    for (const one of refused) expect(one).toMatchObject({ reason: { code: 'THROTTLED' } });
    for (const id of ['1', '2', '3', '4', '5']) flow.open(id);
    for (const one of starts) if (one.status === 'fulfilled') await on.ended(one.value);
    await until('there is room again', () => flow.start('6').catch(() => undefined));
    flow.open('6');
  });

  it('cancels the oldest run with `cancel_oldest`, whether it is active or waits', async () => {
    const flow = await limited('concurrency: { key: "{{ k }}", limit: 1, overflow: cancel_oldest }');
    const first = await flow.start('1');
    await flow.untilActive('1');
    const second = await flow.start('2');
    const third = await flow.start('3');
    expect((await on.ended(first)).run).toMatchObject({
      state: 'CANCELLED',
      error: { message: expect.stringContaining(`run ${second} has taken its place`) },
    });
    expect((await on.ended(second)).run.state).toBe('CANCELLED');
    flow.open('3');
    expect((await on.ended(third)).run.state).toBe('SUCCEEDED');
  });

  it('serves a higher priority first, and documents may state theirs', async () => {
    const flow = await limited('concurrency: { limit: 1 }', 'priority: batch');
    const ids = [
      await flow.start('1'),
      await flow.start('batch'),
      await flow.start('urgent', 'a', { priority: 'CRITICAL' }),
    ];
    expect((await runOf(ids[0] as string)).priority).toBe('BATCH');
    for (const id of ['1', 'batch', 'urgent']) flow.open(id);
    for (const id of ids) await on.ended(id);
    expect(flow.begun()).toEqual(['1', 'urgent', 'batch']);
  });

  it('lets a run that waits be cancelled, and be found by its idempotency key', async () => {
    const flow = await limited('concurrency: { limit: 1 }');
    await flow.start('1');
    const waiting = await flow.start('2', 'a', { idempotencyKey: `key ${flow.name}`.replace(' ', '-') });
    expect(await flow.start('2', 'a', { idempotencyKey: `key-${flow.name}` })).toBe(waiting);
    await expect(on.engine.sendSignal(ADMIN, waiting, { name: 'go' })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await flow.stateOf(waiting)).toBe('PENDING');
    const { run } = await on.engine.cancelRun(ADMIN, waiting, { compensate: false });
    expect(isFinalRunState(run.state)).toBe(true);
    const third = await flow.start('3');
    flow.open('1');
    await flow.untilActive('3');
    flow.open('3');
    await on.ended(third);
    expect(flow.begun()).toEqual(['1', '3']);
  });

  it('holds for a sub-workflow, whose parent waits with it', async () => {
    const flow = await limited('concurrency: { limit: 1 }');
    const busy = await flow.start('1');
    await flow.untilActive('1');
    const parent = await on.start(`  - { id: sub, kind: workflow, workflow: ${flow.name}, input: { id: child } }`);
    const [child] = await until('the child is recorded', async () => {
      const children = await on.childrenOf(parent.run.id);
      return children.length > 0 && children;
    });
    expect(child?.state).toBe('PENDING');
    flow.open('1');
    flow.open('child');
    await on.ended(busy);
    expect((await on.ended(parent.run.id)).run.state).toBe('SUCCEEDED');
  });

  it('leaves no permit behind when the process dies, and no run that waits for ever', async () => {
    const flow = await limited('concurrency: { key: "{{ k }}", limit: 1 }');
    const ids = [await flow.start('1'), await flow.start('2'), await flow.start('3', 'b')];
    await flow.untilActive('1');
    // Left by a process that died before it recorded the run, and by one that died before it started it.
    const key = { tenant: 'default', workflow: flow.name, key: 'a' };
    const old = new Date(Date.now() - 120_000);
    const rules = { concurrency: { key: 'a', limit: 1, overflow: 'queue' } } as const;
    const lost = { ...key, runId: 'run_lost', rules, priority: 'CRITICAL' } as const;
    await on.store.flowTickets.enqueue(lost, old);
    await on.crash();
    expect(await flow.stateOf(ids[1] as string)).toBe('PENDING');
    for (const id of ['1', '2', '3']) flow.open(id);
    for (const id of ids) expect((await on.ended(id)).run.state).toBe('SUCCEEDED');
    await ticketsLeft();
  });
});

describe('rate', () => {
  it('lets as many runs begin in a period, and the others one after the other', async () => {
    const flow = await limited('rate: { key: "{{ k }}", limit: 2, per: second }');
    const starts = ['1', '2', '3', '4', '5'];
    for (const id of starts) flow.open(id);
    const begunAt = performance.now();
    const ids = [];
    for (const id of starts) ids.push(await flow.start(id));
    const other = await flow.start('other', 'b');
    flow.open('other');
    await flow.untilActive('other');
    const wait = await waitOf(ids[4] as string);
    if (wait) expect(waitReason(wait.ticket, new Date(wait.ticket.enqueuedAt))).toBe('RATE');
    for (const id of [...ids, other]) expect((await on.ended(id)).run.state).toBe('SUCCEEDED');
    // Two at once; then one in each half second.
    expect(performance.now() - begunAt).toBeGreaterThanOrEqual(1_400);
    expect(
      flow
        .begun()
        .filter((id) => id !== 'other')
        .slice(2),
    ).toEqual(['3', '4', '5']);
  });
});

describe('debounce', () => {
  it('lets only the last of several runs begin, once no more come', async () => {
    const flow = await limited('debounce: { key: "{{ k }}", ms: 400 }');
    const [first, second] = [await flow.start('1'), await flow.start('2')];
    const other = await flow.start('other', 'b');
    const wait = await waitOf(second);
    expect(wait && waitReason(wait.ticket, wait.ticket.enqueuedAt)).toBe('DEBOUNCE');
    expect((await on.ended(first)).run).toMatchObject({
      state: 'CANCELLED',
      error: { message: expect.stringContaining(`run ${second} has taken its place`) },
    });
    for (const id of ['2', 'other']) flow.open(id);
    for (const id of [second, other]) expect((await on.ended(id)).run.state).toBe('SUCCEEDED');
    expect(flow.isActive('1')).toBe(false);
  });
});
