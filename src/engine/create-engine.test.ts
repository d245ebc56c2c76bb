import { setTimeout as sleep } from 'node:timers/promises';
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, BOB, startEngine } from '../../test/support/engine/engine.ts';
import { type Command, type CommandContext, defineCommand, resource } from '../commands/definition/define-command.ts';
import { Fault } from '../core/errors.ts';
import type { Journal } from '../core/journal.ts';
import type { Effect } from '../core/run.ts';

const TENANT = { tenant: 'default' };
const csv = { source: { text: { text: 'a,b\n1,2', mediaType: 'text/csv' } } };

let on: Awaited<ReturnType<typeof startEngine>>;
beforeAll(async () => {
  on = await startEngine();
});
afterAll(() => on.stop());

function commandThat(name: string, effect: Effect, act: (ctx: CommandContext) => Promise<string>): Command {
  return defineCommand({
    name,
    title: name,
    description: name,
    effect,
    options: Type.Object({}),
    run: async (_, ctx) => resource('text/plain', await act(ctx)),
  });
}

const unfinished = async () => {
  const state = ['PENDING', 'RUNNING', 'WAITING'] as const;
  const { edges } = await on.store.reader.runs(TENANT, { state }, { first: 100 });
  return edges.map(({ node }) => node.id);
};

/** Fails these appends, counted from 1, as a full disk would. */
function failing(...which: number[]) {
  let count = 0;
  return (real: Journal): Journal => ({
    ...real,
    append(...args) {
      count += 1;
      return which.includes(count)
        ? Promise.reject(new Fault('UNAVAILABLE', 'The disk is full.'))
        : real.append(...args);
    },
  });
}

describe('a command', () => {
  it('that is quick and pure is recorded once, complete and verifiable', async () => {
    // The first run also loads code, which on a busy machine takes longer than the time after which a run becomes visible.
    await on.engine().executeCommand(ADMIN, { command: 'convertToJson', options: csv });
    const { snapshot, output } = await on.engine().executeCommand(ADMIN, { command: 'convertToJson', options: csv });
    expect(JSON.parse(output?.text ?? '')).toMatchObject({ rows: [{ a: '1', b: '2' }] });
    const stored = await on.store.reader.snapshot(TENANT, snapshot.run.id);
    expect(stored).toEqual(snapshot);
    expect(snapshot.run.seq).toBe(4);
    expect(await on.store.verifyRun(TENANT, snapshot.run.id)).toMatchObject({ valid: true, events: 4 });
  });

  it('that takes longer is visible while it runs', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const slow = commandThat('slow', 'pure', () => gate.then(() => 'done'));
    const outcome = on.engine({ commands: [slow] }).executeCommand(ADMIN, { command: 'slow', options: {} });
    await expect.poll(unfinished).toHaveLength(1);
    const [id = ''] = await unfinished();
    expect((await on.store.reader.snapshot(TENANT, id))?.steps[0]).toMatchObject({ state: 'RUNNING', attempt: 1 });
    open();
    expect((await outcome).snapshot.run.state).toBe('SUCCEEDED');
  });

  it('that acts on the outside world is recorded before it acts', async () => {
    const acting = commandThat('act', 'external', async () => (await unfinished()).join());
    const { snapshot, output } = await on
      .engine({ commands: [acting] })
      .executeCommand(ADMIN, { command: 'act', options: {} });
    expect(output?.text).toBe(snapshot.run.id);
  });

  it('that does not end is stopped with a reason, and recorded as TIMEOUT', async () => {
    let reason: unknown;
    const endless = commandThat('endless', 'pure', ({ signal }) => {
      signal.addEventListener('abort', () => (reason = signal.reason));
      return new Promise(() => {});
    });
    const engine = on.engine({ commands: [endless], timeoutMs: 50 });
    const { snapshot } = await engine.executeCommand(ADMIN, { command: 'endless', options: {} });
    expect(snapshot.run).toMatchObject({ state: 'TIMEOUT', error: { code: 'TIMEOUT', step: 'endless' } });
    expect(reason).toMatchObject({ code: 'TIMEOUT' });
  });

  it('with a bug fails with a reference, without its stack', async () => {
    const broken = commandThat('broken', 'pure', async () => {
      throw new TypeError('secret detail');
    });
    const { snapshot } = await on
      .engine({ commands: [broken] })
      .executeCommand(ADMIN, { command: 'broken', options: {} });
    expect(snapshot.run.error).toMatchObject({ code: 'INTERNAL' });
    expect(JSON.stringify(snapshot)).not.toContain('secret detail');
  });

  it('that the policy denies is recorded, does not use up its key, and returns the decision', async () => {
    const request = { command: 'convertToXml', options: csv, idempotencyKey: 'denied' };
    await expect(on.engine().executeCommand(BOB, request)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      decision: { effect: 'DENY' },
    });
    const runs = await on.store.reader.runs({ ...TENANT, subject: 'bob' }, { state: ['DENIED'] }, { first: 10 });
    expect(runs.edges).toHaveLength(1);
    expect(runs.edges[0]?.node.idempotencyKey).toBeUndefined();
  });
});

describe('a pipeline', () => {
  it('passes each output on before it is stored', async () => {
    const steps = [
      { command: 'convertToJson', options: csv },
      { command: 'convertToCsv', options: { source: { uri: '$previous.output' } } },
      { command: 'convertToBase64', options: { source: { uri: '$previous.output' } } },
    ];
    const { snapshot, output } = await on.engine().executeCommand(ADMIN, { command: 'pipeline', options: { steps } });
    expect(snapshot.run.error).toBeUndefined();
    expect(Buffer.from(output?.text ?? '', 'base64').toString()).toMatch(/^a,b\r?\n1,2/);
  });

  it.each([
    ['by its name', csv],
    ['of whatever comes before it', { source: '$previous.output' }],
  ])('runs nothing when one of its steps is denied, %s', async (_, options) => {
    const steps = [
      { command: 'convertToJson', options: csv },
      { command: 'convertToXml', options },
    ];
    await expect(on.engine().executeCommand(BOB, { command: 'pipeline', options: { steps } })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    const runs = await on.store.reader.runs({ ...TENANT, subject: 'bob' }, { kind: ['PIPELINE'] }, { first: 1 });
    const snapshot = await on.store.reader.snapshot(TENANT, runs.edges[0]?.node.id ?? '');
    expect(snapshot?.steps.map(({ state }) => state)).toEqual(['SKIPPED', 'DENIED']);
  });
});

describe('an idempotency key', () => {
  it('returns the same run concurrently, afterwards, and from another engine', async () => {
    let times = 0;
    const counting = commandThat('count', 'pure', async () => String(++times));
    const ask = (engine: ReturnType<typeof on.engine>) =>
      engine.executeCommand(ADMIN, { command: 'count', options: {}, idempotencyKey: 'once' });
    const [first, second] = [on.engine({ commands: [counting] }), on.engine({ commands: [counting] })];
    const outcomes = await Promise.all([ask(first), ask(first), ask(second), ask(second)]);
    outcomes.push(await ask(second));
    expect(new Set(outcomes.map(({ snapshot }) => snapshot.run.id)).size).toBe(1);
    // Two engines may both do pure work; only one result counts.
    expect(new Set(outcomes.map(({ output }) => output?.text)).size).toBe(1);
    expect(times).toBeLessThanOrEqual(2);
  });

  it('is rejected for another request, and belongs to one subject', async () => {
    const request = { command: 'convertToJson', options: csv, idempotencyKey: 'mine' };
    const { snapshot } = await on.engine().executeCommand(ADMIN, request);
    const other = { ...request, options: { source: { text: { text: 'c' } } } };
    await expect(on.engine().executeCommand(ADMIN, other)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await on.engine().executeCommand(BOB, request)).snapshot.run.id).not.toBe(snapshot.run.id);
  });
});

describe('a request that is repeated while its run continues', () => {
  it('is answered as soon as it asks, whichever request started the run, and on every node', async () => {
    const opened = Promise.withResolvers<string>();
    const options = { commands: [commandThat('hold', 'external', () => opened.promise)], timeoutMs: 600_000 };
    const [first, second] = [on.engine(options), on.engine(options)];
    const document = { name: 'holding', steps: [{ id: 'a', kind: 'command', command: 'hold' }] };
    const ask = async (engine: typeof first, waitMs: number) => {
      const { run } = await engine.startWorkflow(ADMIN, { source: { document }, idempotencyKey: 'held', waitMs });
      return run;
    };
    const patient = ask(first, 60_000);
    const repeated = [await ask(first, 0), await ask(first, 0), await ask(second, 0), await ask(second, 1)];
    for (const run of repeated) expect(run).toMatchObject({ state: expect.stringMatching(/PENDING|RUNNING/) });
    const other = { source: { document: { ...document, name: 'other' } }, idempotencyKey: 'held' };
    await expect(first.startWorkflow(ADMIN, other)).rejects.toMatchObject({ code: 'CONFLICT' });

    const ends = [patient, ask(first, 60_000), ask(second, 60_000)];
    opened.resolve('done');
    const { id } = await patient;
    for (const run of await Promise.all(ends)) expect(run).toMatchObject({ id, state: 'SUCCEEDED' });
    expect(new Set(repeated.map((run) => run.id))).toEqual(new Set([id]));
  });
});

describe('when the journal rejects an append', () => {
  it('a run that was not recorded is rejected, and leaves nothing', async () => {
    const engine = on.engine({ journal: failing(1) });
    const request = { command: 'convertToJson', options: csv, idempotencyKey: 'full-disk' };
    await expect(engine.executeCommand(ADMIN, request)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await unfinished()).toEqual([]);
    expect((await engine.executeCommand(ADMIN, request)).snapshot.run.state).toBe('SUCCEEDED');
  });

  it('a recorded run continues to its end when there is space again', async () => {
    const acting = commandThat('act', 'external', async () => 'done');
    const engine = on.engine({ commands: [acting], journal: failing(2, 3) });
    await expect(engine.executeCommand(ADMIN, { command: 'act', options: {} })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    const [id = ''] = await unfinished();
    await expect.poll(unfinished).toEqual([]);
    expect(await on.store.reader.run(TENANT, id)).toMatchObject({ state: 'SUCCEEDED' });
  });
});

describe('stopping', () => {
  it('lets a run finish within the time limit, and leaves a longer one to recovery, which ends it', async () => {
    const sleeper = (ms: number) => commandThat('nap', 'pure', () => sleep(ms, 'rested'));
    const quick = on.engine({ commands: [sleeper(400)] });
    const answered = quick.executeCommand(ADMIN, { command: 'nap', options: {} });
    await expect.poll(unfinished).toHaveLength(1);
    await quick.stop(60_000);
    expect((await answered).output?.text).toBe('rested');
    await expect(quick.executeCommand(ADMIN, { command: 'nap', options: {} })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });

    const slow = on.engine({ commands: [sleeper(4_000)] });
    const cut = slow.executeCommand(ADMIN, { command: 'nap', options: {} }).catch((error: unknown) => error);
    await expect.poll(unfinished).toHaveLength(1);
    const [id = ''] = await unfinished();
    await slow.stop(0);
    expect(await cut).toMatchObject({ code: 'UNAVAILABLE' });

    await on.restart();
    await on.engine({ commands: [sleeper(1)] }).begin();
    await expect.poll(unfinished).toEqual([]);
    expect(await on.store.reader.run(TENANT, id)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await on.store.verifyRun(TENANT, id)).toMatchObject({ valid: true });
  });
});
