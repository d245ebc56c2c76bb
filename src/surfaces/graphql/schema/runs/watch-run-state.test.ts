import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewEvent } from '../../../../core/event.ts';
import { newId } from '../../../../core/ids.ts';
import type { Principal } from '../../../../core/principal.ts';
import type { PlannedStep } from '../../../../core/run.ts';
import type { RunState } from '../../../../core/states.ts';
import { loadPolicy } from '../../../../policy/load-policy.ts';
import { openStore, type Store } from '../../../../store/open-store.ts';
import { createContext, type GraphqlApp } from '../../request/context.ts';
import { watchRunEvents } from '../../subscriptions/watch-events.ts';
import { watchRunState } from './watch-run-state.ts';

const logger = { debug() {}, info() {}, warn() {}, error() {} };
const root = join(import.meta.dirname, '../../../../..');

let folder: string;
let store: Store;
let policy: Awaited<ReturnType<typeof loadPolicy>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-watch-'));
  store = await openStore({ database: { kind: 'sqlite', file: join(folder, 'signalbox.db') }, logger });
  const files = { modelFile: join(root, 'policy/model.conf'), rulesFile: join(root, 'policy/policy.csv') };
  policy = await loadPolicy({ ...files, logger });
});
afterAll(async () => {
  policy.close();
  await store.close();
  await rm(folder, { recursive: true });
});

function contextOf(username: string, signal: AbortSignal, roles: readonly string[] = ['analyst']) {
  const { journal, reader } = store;
  const principal: Principal = { kind: 'user', subject: username, username, tenant: 'default', roles };
  // All that watching asks of it.
  const app = { journal, reader, policy } as Partial<GraphqlApp> as GraphqlApp;
  return createContext(app, { principal, address: '', draining: new AbortController().signal }, signal);
}

/** A running run of two steps, to which events are added one after the other. */
async function startRun() {
  const id = newId('run');
  const at = new Date();
  let seq = 1;
  const append = async (...events: readonly NewEvent[]) => {
    await store.journal.append(id, seq, events);
    seq += events.length;
  };
  const step = (key: string): PlannedStep => ({
    ...{ id: newId('step'), key, title: key, kind: 'TRANSFORM', capability: 'transform', effect: 'pure' },
    ...{ dependsOn: [], maxAttempts: 1 },
  });
  const principal = { subject: 'ann', username: 'ann', tenant: 'default', roles: [] };
  const about = { labels: {}, priority: 'INTERACTIVE', traceId: '1'.repeat(32), requestDigest: '' } as const;
  const steps = [step('a'), step('b')];
  await append({ type: 'RUN_CREATED', at, payload: { kind: 'WORKFLOW', principal, inputs: {}, steps, ...about } });
  const move = (from: RunState, to: RunState): NewEvent => ({ type: 'RUN_STATE_CHANGED', at, payload: { from, to } });
  return {
    id,
    append,
    move: (from: RunState, to: RunState) => append(move(from, to)),
    log: (text: string) => append({ type: 'LOG', at, step: 'a', payload: { level: 'INFO', text } }),
    say: (memo: string) => append({ type: 'STEP_PROGRESS', at, step: 'a', payload: { memo } }),
    get seq() {
      return seq - 1;
    },
  };
}

const running = () => new AbortController().signal;

describe('a run that is watched', () => {
  it('is given as it is, then each time it has changed, and ends after its end', async () => {
    const run = await startRun();
    const states = await watchRunState(contextOf('ann', running()), run.id);
    expect((await states.next()).value?.run.state).toBe('PENDING');
    const next = states.next();
    await run.move('PENDING', 'RUNNING');
    expect((await next).value?.run).toMatchObject({ state: 'RUNNING', seq: 2 });
    await run.say('half');
    expect((await states.next()).value?.run).toMatchObject({ state: 'RUNNING', seq: 3 });
    await run.move('RUNNING', 'SUCCEEDED');
    expect((await states.next()).value?.run.state).toBe('SUCCEEDED');
    expect((await states.next()).done).toBe(true);
  });

  it('that has ended is given once', async () => {
    const run = await startRun();
    await run.move('PENDING', 'CANCELLED');
    const seen = [];
    for await (const { run: state } of await watchRunState(contextOf('ann', running()), run.id)) seen.push(state.state);
    expect(seen).toEqual(['CANCELLED']);
  });

  it('passes over what was while nobody asked, and gives the last', async () => {
    const run = await startRun();
    const states = await watchRunState(contextOf('ann', running()), run.id);
    await states.next();
    await run.move('PENDING', 'RUNNING');
    for (let i = 0; i < 300; i++) await run.say(`${i}`);
    expect((await states.next()).value?.run.seq).toBe(run.seq);
    await run.move('RUNNING', 'SUCCEEDED');
    expect((await states.next()).value?.run.state).toBe('SUCCEEDED');
    expect((await states.next()).done).toBe(true);
  });

  it('is the same as before when something was only logged', async () => {
    const run = await startRun();
    const states = await watchRunState(contextOf('ann', running()), run.id);
    await states.next();
    const next = states.next();
    await run.log('one');
    await run.log('two');
    await run.move('PENDING', 'RUNNING');
    expect((await next).value?.run).toMatchObject({ state: 'RUNNING', seq: 4 });
  });

  it('is read once for all who are at the same place', async () => {
    const run = await startRun();
    const watchers = await Promise.all([1, 2, 3].map(() => watchRunState(contextOf('ann', running()), run.id)));
    await Promise.all(watchers.map((states) => states.next()));
    const next = Promise.all(watchers.map((states) => states.next()));
    await run.move('PENDING', 'RUNNING');
    const [first, ...others] = await next;
    expect(first?.value?.run.state).toBe('RUNNING');
    for (const { value } of others) expect(value).toBe(first?.value);
  });

  it('is not found by who may not see it', async () => {
    const run = await startRun();
    await expect(watchRunState(contextOf('bea', running()), run.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(watchRunState(contextOf('ann', running(), []), run.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('the events of a run that went on after a bad end', () => {
  it('are all given, to the last, however the pages fall', async () => {
    const run = await startRun();
    await run.move('PENDING', 'RUNNING');
    await run.move('RUNNING', 'FAILED');
    await run.move('FAILED', 'RUNNING');
    await run.move('RUNNING', 'SUCCEEDED');
    for (const limit of [1, 2, 3, 4, 100]) {
      const seqs: number[] = [];
      for await (const { events } of await watchRunEvents(contextOf('ann', running()), run.id, 0, limit)) {
        seqs.push(...events.map(({ seq }) => seq));
      }
      expect([limit, ...seqs]).toEqual([limit, 1, 2, 3, 4, 5]);
    }
  });
});
