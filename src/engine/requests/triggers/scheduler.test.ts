import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, startEngine } from '../../../../test/support/engine/engine.ts';
import { Fault } from '../../../core/errors.ts';
import type { RunState } from '../../../core/states.ts';
import { createCapabilities } from '../../capabilities/capabilities.ts';
import { createDispatcher } from '../../driver/dispatcher.ts';
import { createRunRegistry } from '../../driver/run-registry.ts';
import { createIdempotency } from '../idempotency.ts';
import { createWorkflowLoader } from '../workflow-loader.ts';
import { changeSchedule, saveWorkflow } from '../workflows/saved-workflows.ts';
import { createScheduler } from './scheduler.ts';

const TENANT = { tenant: 'default' };
const UNDER_WAY: readonly RunState[] = ['PENDING', 'RUNNING', 'WAITING'];

let on: Awaited<ReturnType<typeof startEngine>>;
beforeAll(async () => {
  on = await startEngine();
});
afterAll(() => on.stop());

let names = 0;
let name = '';
afterEach(async () => {
  await on.store.workflows.remove('default', name);
});

/** A scheduled workflow on the real store, with a clock that the test moves; its runs end when the test permits it. */
async function scheduled(rule: string, from: string, isFull = () => false) {
  name = `job_${++names}`;
  let now = new Date(from);
  let letEnd: () => void = () => {};
  let end = new Promise<void>((resolve) => {
    letEnd = resolve;
  });
  const deps = on.deps({ clock: { now: () => now } });
  const capabilities = createCapabilities(deps);
  const workflowLoader = createWorkflowLoader({ ...deps, capabilities });
  const scheduler = () => {
    const dispatcher = createDispatcher(deps.limits);
    const runs = createRunRegistry({
      ...deps,
      dispatcher,
      onRelease() {},
      onChildEnded() {},
      onCancelled() {},
      onEnded() {},
      handlers: {
        prepare: () => ({ type: 'ready' }),
        act: async () => {
          await end;
          return {};
        },
        gather: async () => ({}),
        conclude: async () => ({ outputs: {}, events: [] }),
        toFailure: (error) => ({ code: 'INTERNAL', message: String(error), retryable: false }),
      },
    });
    const idempotency = createIdempotency({ ...deps, timeoutMs: 60_000 });
    const admit = () => {
      if (isFull()) throw new Fault('UNAVAILABLE', 'The server is full.');
    };
    const flow = { start: () => Promise.reject(new Error('none of the workflows has a limit')) };
    const starting = { ...deps, flow, capabilities, workflowLoader, runs, idempotency, maxRuns: 1_000 };
    return createScheduler({
      ...starting,
      admitted: new WeakMap(),
      dispatcher: { ...dispatcher, assertCapacity: admit },
    });
  };
  const yaml = `name: ${name}\nsteps: [{ id: a, kind: sleep, input: { ms: 1 } }]\nschedule: ${rule}\n`;
  await saveWorkflow({ ...deps, workflowLoader }, ADMIN, { yaml });
  const one = scheduler();
  const runs = async (state?: readonly RunState[]) => {
    const filter = { workflow: name, ...(state && { state }) };
    return (await deps.reader.runs(TENANT, filter, { first: 100 })).edges.map(({ node }) => node);
  };
  return {
    scheduler,
    tick: one.tick,
    /** Sets the time, and starts all that is due. */
    async at(time: string) {
      now = new Date(time);
      await one.tick();
    },
    change: (how: 'pause' | 'resume', time: string) => {
      now = new Date(time);
      return changeSchedule({ ...deps, workflowLoader }, ADMIN, name, how);
    },
    /** Saves the next version. */
    save: (more: string) => saveWorkflow({ ...deps, workflowLoader }, ADMIN, { yaml: `${yaml}${more}\n` }),
    isAt: (time: string) => {
      now = new Date(time);
    },
    /** The scheduled times of the runs. */
    started: async () =>
      (await runs()).map(({ idempotencyKey = '' }) => idempotencyKey.replace(`schedule:${name}:`, '')).sort(),
    /** Lets runs in progress end. */
    async finish() {
      letEnd();
      await expect.poll(() => runs(UNDER_WAY)).toEqual([]);
      end = new Promise((resolve) => {
        letEnd = resolve;
      });
    },
    nextAt: async () => (await on.store.schedules.find('default', name))?.nextAt?.toISOString(),
  };
}

const hourly = (more: string) => `{ cron: "0 * * * *", ${more} }`;

describe('a scheduled workflow', () => {
  it('starts at its time, not before, on behalf of the user who saved it', async () => {
    const job = await scheduled(hourly('overlap: allow'), '2026-05-01T10:30:00Z');
    await job.at('2026-05-01T10:59:59Z');
    expect(await job.started()).toEqual([]);
    await job.at('2026-05-01T11:00:00Z');
    await job.at('2026-05-01T11:00:05Z');
    expect(await job.started()).toEqual(['2026-05-01T11:00:00.000Z']);
    expect(await job.nextAt()).toBe('2026-05-01T12:00:00.000Z');
    const { edges } = await on.store.reader.runs(TENANT, { workflow: name }, { first: 1 });
    expect(edges[0]?.node).toMatchObject({
      principal: { subject: 'admin' },
      priority: 'BATCH',
      labels: { schedule: name },
    });
    await job.finish();
  });

  it('does not start while it is paused, also in a later version, and makes up for nothing when it is resumed', async () => {
    const job = await scheduled(hourly('overlap: allow, catch_up: all'), '2026-05-01T10:30:00Z');
    const paused = await job.change('pause', '2026-05-01T10:40:00Z');
    expect(paused.nextAt).toBeUndefined();
    await job.at('2026-05-01T11:00:00Z');
    await job.save('description: second');
    await job.at('2026-05-01T12:00:00Z');
    expect([await job.started(), await job.nextAt()]).toEqual([[], undefined]);
    const resumed = await job.change('resume', '2026-05-01T12:30:00Z');
    expect(resumed.nextAt?.toISOString()).toBe('2026-05-01T13:00:00.000Z');
    expect(await job.change('resume', '2026-05-01T14:30:00Z')).toEqual(resumed);
    await job.at('2026-05-01T13:00:01Z');
    expect(await job.started()).toEqual(['2026-05-01T13:00:00.000Z']);
    await job.finish();
  });

  it('starts once for each time, with two schedulers on one store', async () => {
    const job = await scheduled(hourly('overlap: allow, catch_up: all'), '2026-05-01T10:30:00Z');
    const other = job.scheduler();
    for (const time of ['11:00:00', '12:00:01', '15:00:02']) {
      job.isAt(`2026-05-01T${time}Z`);
      await Promise.all([job.tick(), other.tick(), job.tick()]);
    }
    expect(await job.started()).toEqual([11, 12, 13, 14, 15].map((hour) => `2026-05-01T${hour}:00:00.000Z`));
    await job.finish();
  });

  it('stays due while the server is at capacity', async () => {
    let isFull = true;
    const job = await scheduled(hourly('overlap: allow'), '2026-05-01T10:30:00Z', () => isFull);
    await job.at('2026-05-01T11:00:00Z');
    expect([await job.started(), await job.nextAt()]).toEqual([[], '2026-05-01T11:00:00.000Z']);
    isFull = false;
    await job.at('2026-05-01T11:00:02Z');
    expect(await job.started()).toEqual(['2026-05-01T11:00:00.000Z']);
    await job.finish();
  });
});

describe('while the previous run is in progress', () => {
  it('skip omits the time', async () => {
    const job = await scheduled(hourly('overlap: skip'), '2026-05-01T10:30:00Z');
    await job.at('2026-05-01T11:00:00Z');
    await job.at('2026-05-01T12:00:00Z');
    await job.finish();
    await job.at('2026-05-01T12:00:02Z');
    expect(await job.started()).toEqual(['2026-05-01T11:00:00.000Z']);
    await job.at('2026-05-01T13:00:00Z');
    expect(await job.started()).toEqual(['2026-05-01T11:00:00.000Z', '2026-05-01T13:00:00.000Z']);
    await job.finish();
  });

  it.each(['none', 'one'])(
    'queue starts it afterwards, however long the run takes, with catch_up %s',
    async (catchUp) => {
      const job = await scheduled(hourly(`overlap: queue, catch_up: ${catchUp}`), '2026-05-01T10:30:00Z');
      await job.at('2026-05-01T11:00:00Z');
      await job.at('2026-05-01T12:00:00Z');
      await job.at('2026-05-01T12:10:00Z');
      expect(await job.started()).toHaveLength(1);
      await job.finish();
      await job.at('2026-05-01T12:10:02Z');
      expect(await job.started()).toEqual(['2026-05-01T11:00:00.000Z', '2026-05-01T12:00:00.000Z']);
      expect(await job.nextAt()).toBe('2026-05-01T13:00:00.000Z');
      await job.finish();
    },
  );

  it('allow starts another run', async () => {
    const job = await scheduled(hourly('overlap: allow'), '2026-05-01T10:30:00Z');
    await job.at('2026-05-01T11:00:00Z');
    await job.at('2026-05-01T12:00:00Z');
    expect(await job.started()).toHaveLength(2);
    await job.finish();
  });
});

describe('times at which no server ran', () => {
  const missed = [11, 12, 13, 14].map((hour) => `2026-05-01T${hour}:00:00.000Z`);

  it.each<[string, readonly string[]]>([
    ['none', []],
    ['one', missed.slice(-1)],
    ['all', missed],
  ])('are made up for by catch_up %s', async (catchUp, expected) => {
    const job = await scheduled(hourly(`overlap: allow, catch_up: ${catchUp}`), '2026-05-01T10:30:00Z');
    await job.at('2026-05-01T14:30:00Z');
    expect(await job.started()).toEqual(expected);
    expect(await job.nextAt()).toBe('2026-05-01T15:00:00.000Z');
    await job.finish();
  });

  it('do not include those of the last minute: the server was only busy', async () => {
    const job = await scheduled(hourly('catch_up: none'), '2026-05-01T10:30:00Z');
    await job.at('2026-05-01T13:00:59Z');
    expect(await job.started()).toEqual(['2026-05-01T13:00:00.000Z']);
    await job.finish();
  });

  it('are caught up one after the other when runs may not overlap', async () => {
    const job = await scheduled(hourly('overlap: queue, catch_up: all'), '2026-05-01T10:30:00Z');
    for (let count = 1; count <= missed.length; count++) {
      await job.at('2026-05-01T14:30:00Z');
      await job.at('2026-05-01T14:30:01Z');
      expect(await job.started()).toEqual(missed.slice(0, count));
      await job.finish();
    }
    expect(await job.nextAt()).toBe('2026-05-01T15:00:00.000Z');
  });

  it('are at most the newest hundred', async () => {
    const job = await scheduled('{ cron: "* * * * *", overlap: allow, catch_up: all }', '2026-05-01T10:30:00Z');
    await job.at('2026-05-01T14:30:00Z');
    const started = await job.started();
    expect([started.length, started[0], started.at(-1)]).toEqual([
      100,
      '2026-05-01T12:51:00.000Z',
      '2026-05-01T14:30:00.000Z',
    ]);
    await job.finish();
  });

  it('are searched from the end, even if there are millions', async () => {
    const job = await scheduled('{ cron: "* * * * * *", overlap: allow, catch_up: one }', '2020-01-01T00:00:00Z');
    await job.at('2026-05-01T14:30:00Z');
    expect(await job.started()).toEqual(['2026-05-01T14:30:00.000Z']);
    await job.finish();
  });
});

describe('on the days when clocks change', () => {
  it('a time that does not exist is made up for once', async () => {
    const rule = '{ cron: "0 2,14 * * *", time_zone: Europe/Warsaw, overlap: allow, catch_up: all }';
    const job = await scheduled(rule, '2027-03-27T14:00:00Z');
    await job.at('2027-03-29T12:00:00Z');
    expect(await job.started()).toEqual([
      '2027-03-28T01:00:00.000Z',
      '2027-03-28T12:00:00.000Z',
      '2027-03-29T00:00:00.000Z',
      '2027-03-29T12:00:00.000Z',
    ]);
    await job.finish();
  });

  it.each([
    [
      'March',
      '2026-03-27T12:00:00Z',
      '2026-03-30T12:00:00Z',
      ['2026-03-28T01:30', '2026-03-29T01:00', '2026-03-30T00:30'],
    ],
    [
      'October',
      '2026-10-23T12:00:00Z',
      '2026-10-26T12:00:00Z',
      ['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30'],
    ],
  ])('one run a day is made up for in %s', async (_, from, until, expected) => {
    const rule = '{ cron: "30 2 * * *", time_zone: Europe/Warsaw, overlap: allow, catch_up: all }';
    const job = await scheduled(rule, from);
    await job.at(until);
    expect(await job.started()).toEqual(expected.map((time) => `${time}:00.000Z`));
    await job.finish();
  });
});
