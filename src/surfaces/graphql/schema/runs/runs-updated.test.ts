import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  ADMIN,
  ALICE,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../../test/support/surfaces/graphql-server.ts';
import type { RunState } from '../../../../core/states.ts';

const QUERY = `subscription ($ids: [ID!]!, $filter: RunFilter, $newerThan: ID) {
  runsUpdated(ids: $ids, filter: $filter, newerThan: $newerThan) { runs { id state } new }
}`;
interface Update {
  readonly runs: readonly { readonly id: string; readonly state: RunState }[];
  readonly new: number;
}

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
});
afterAll(() => api.close());

/** A subscriber; `next` is its next update. */
function subscribe(variables: Record<string, unknown>, token = ALICE) {
  const results = api.client(token).iterate<{ runsUpdated: Update }>({ query: QUERY, variables });
  return {
    next: async () => {
      const { value } = await results.next();
      expect(value?.errors).toBeUndefined();
      return value?.data?.runsUpdated;
    },
    refusal: async () => (await results.next()).value?.errors?.[0]?.extensions?.code,
    end: () => results.return?.(),
  };
}

const start = (username = 'alice') => api.appendRun(0, { username, end: false });
const end = (runId: string) =>
  api.store.journal.append(runId, 3, [
    { type: 'RUN_STATE_CHANGED', at: new Date(), payload: { from: 'RUNNING', to: 'SUCCEEDED' } },
  ]);

describe('a list of runs that is watched', () => {
  it('is given as it is, then what has changed and how many are new, at most once a second', async () => {
    const [a, b, other] = [await start(), await start(), await start('bob')];
    const began = performance.now();
    const updates = subscribe({ ids: [a, b, other, 'run_nothing'] });
    expect(await updates.next()).toEqual({
      ...{ new: 0 },
      runs: [b, a].map((id) => ({ id, state: 'RUNNING' })),
    });
    await end(a);
    await start();
    await start('bob');
    await end(await start());
    // All of it at once, in one update.
    expect(await updates.next()).toEqual({ runs: [{ id: a, state: 'SUCCEEDED' }], new: 2 });
    await start();
    expect(await updates.next()).toEqual({ runs: [], new: 3 });
    await end(b);
    expect(await updates.next()).toEqual({ runs: [{ id: b, state: 'SUCCEEDED' }], new: 3 });
    // Timers may fire a moment early.
    expect(performance.now() - began).toBeGreaterThan(2_950);
    await updates.end();
  });

  it('counts new runs that match a filter now, from the run that the list begins with', async () => {
    const first = await start();
    const [done, running] = [await start(), await start()];
    await end(done);
    const filter = { state: ['SUCCEEDED'], kind: ['COMMAND'] };
    const updates = subscribe({ ids: [], filter, newerThan: first }, ADMIN);
    expect(await updates.next()).toEqual({ runs: [], new: 1 });
    await end(running);
    expect((await updates.next())?.new).toBe(2);
    await updates.end();
    // Another connection continues with the same run.
    const again = subscribe({ ids: [running], filter, newerThan: first }, ADMIN);
    expect(await again.next()).toEqual({ runs: [{ id: running, state: 'SUCCEEDED' }], new: 2 });
    await again.end();
  });

  it('costs the store the same for many subscribers of equal lists', async () => {
    const first = await start();
    const counted = vi.spyOn(api.store.reader, 'countNewer');
    const lists = Array.from({ length: 20 }, () => subscribe({ ids: [], newerThan: first }));
    for (const list of lists) expect((await list.next())?.new).toBe(0);
    await start();
    for (const list of lists) expect((await list.next())?.new).toBe(1);
    // The limit of 1 is for the check of each filter. Subscribers that began in different half seconds share less.
    const shared = counted.mock.calls.filter(([, , , limit]) => limit > 1);
    expect(shared.length).toBeGreaterThan(0);
    expect(shared.length).toBeLessThan(lists.length);
    counted.mockRestore();
    for (const list of lists) await list.end();
  });

  it('counts to 1,000', async () => {
    const first = await start();
    await Promise.all(Array.from({ length: 1_001 }, () => start()));
    for (const filter of [{}, { kind: ['COMMAND'], principal: 'usr_alice' }, { kind: ['AGENT'] }]) {
      const updates = subscribe({ ids: [], filter, newerThan: first });
      expect([filter, (await updates.next())?.new]).toEqual([
        filter,
        'kind' in filter && !filter.principal ? 0 : 1_000,
      ]);
      await updates.end();
    }
  });

  it('is refused when it is too long, or begins with something else than a run', async () => {
    const ids = Array.from({ length: 101 }, (_, n) => `run_${n}`);
    expect(await subscribe({ ids }).refusal()).toBe('BAD_INPUT');
    expect(await subscribe({ ids: [], newerThan: 'step_1' }).refusal()).toBe('BAD_INPUT');
    expect(await subscribe({ ids: [], filter: { q: 'x'.repeat(300) } }).refusal()).toBe('BAD_INPUT');
  });
});
