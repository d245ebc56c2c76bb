import { afterAll, beforeAll, expect, it } from 'vitest';
import { ADMIN, startEngine } from '../../../test/support/engine/engine.ts';
import { until } from '../../../test/support/until.ts';
import type { Journal } from '../../core/journal.ts';
import { createEngine } from '../create-engine.ts';

const TENANT = { tenant: 'default' };

let on: Awaited<ReturnType<typeof startEngine>>;
beforeAll(async () => {
  on = await startEngine();
});
afterAll(() => on.stop());

/** A process that is killed as soon as the end of one run is durable: it records nothing of other runs, and then nothing at all. */
function killedAtEndOf(runId: () => string | undefined) {
  const never = new Promise<never>(() => {});
  let isKilled = false;
  return (real: Journal): Journal => ({
    ...real,
    async append(id, expectedSeq, events) {
      const only = runId();
      if (isKilled || (only !== undefined && id !== only)) return never;
      const result = await real.append(id, expectedSeq, events);
      isKilled = events.some(({ type, payload }) => type === 'RUN_STATE_CHANGED' && payload.to === 'CANCELLED');
      return isKilled ? never : result;
    },
  });
}

const stateOf = async (id: string) => (await on.store.reader.run(TENANT, id))?.state;
const childOf = async (id: string) => (await on.store.reader.children(TENANT, id, { first: 1 })).edges[0]?.node;
const waitingChildOf = (id: string) =>
  until('its sub-workflow waits', async () => {
    const child = await childOf(id);
    return child?.state === 'WAITING' && child;
  });
const LEAF = 'name: leaf\nsteps: [{ id: wait, kind: signal, input: { name: go } }]';

it('a process that is killed between the end of a cancelled run and that of its sub-workflows leaves them to the next one', async () => {
  let cancelled: string | undefined;
  const first = on.engine({ journal: killedAtEndOf(() => cancelled) });
  await first.begin();
  await first.saveWorkflow(ADMIN, { yaml: LEAF });
  await first.saveWorkflow(ADMIN, { yaml: 'name: middle\nsteps: [{ id: sub, kind: workflow, workflow: leaf }]' });
  const yaml = 'name: top\nsteps: [{ id: sub, kind: workflow, workflow: middle }]';
  const { run: top } = await first.startWorkflow(ADMIN, { source: { yaml } });
  const middle = await until('the sub-workflow is there', () => childOf(top.id));
  const leaf = await waitingChildOf(middle.id);

  cancelled = top.id;
  void first.cancelRun(ADMIN, top.id, { compensate: false }).catch(() => {});
  await until('the run has ended', async () => (await stateOf(top.id)) === 'CANCELLED');
  expect([await stateOf(middle.id), await stateOf(leaf.id)]).not.toContain('CANCELLED');
  await on.restart();
  await first.stop(0);

  const next = on.engine();
  await next.begin();
  for (const id of [middle.id, leaf.id]) {
    await until('it is cancelled', async () => (await stateOf(id)) === 'CANCELLED');
    expect(await on.store.verifyRun(TENANT, id)).toMatchObject({ valid: true });
  }
  await next.stop(0);
});

it('a node that ends leaves them to the others', async () => {
  const deps = on.deps();
  let nodes = ['this one', 'another'];
  const leases = { ...deps.leases, renew: async (now: Date) => ({ ...(await deps.leases.renew(now)), nodes }) };
  const engine = createEngine({ ...deps, leases });
  await engine.begin();
  await engine.saveWorkflow(ADMIN, { yaml: LEAF });
  const yaml = 'name: top\nsteps: [{ id: sub, kind: workflow, workflow: leaf }]';
  const { run: top } = await engine.startWorkflow(ADMIN, { source: { yaml } });
  const leaf = await waitingChildOf(top.id);
  await until('nothing is in memory', async () => /^signalbox_runs_active 0$/m.test(await on.metrics.scrape()));
  const { state: from = 'RUNNING', seq = 0 } = (await on.store.reader.run(TENANT, top.id)) ?? {};
  // As the other node records it, which then ends.
  const payload = { from, to: 'CANCELLED' } as const;
  await on.store.journal.append(top.id, seq + 1, [{ type: 'RUN_STATE_CHANGED', at: new Date(), payload }]);
  nodes = ['this one'];
  await until('the sub-workflow is cancelled', async () => (await stateOf(leaf.id)) === 'CANCELLED');
  await engine.stop(0);
});
