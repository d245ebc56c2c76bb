import { afterAll, beforeAll, expect, it } from 'vitest';
import { ADMIN, startEngine } from '../../../test/support/engine/engine.ts';
import { observableCommands } from '../../../test/support/engine/workflows.ts';
import type { NewEvent } from '../../core/event.ts';
import type { Journal } from '../../core/journal.ts';

let on: Awaited<ReturnType<typeof startEngine>>;
beforeAll(async () => {
  on = await startEngine();
});
afterAll(() => on.stop());

/** A journal that delays the append of such an event until `release`. */
function slowAt(matches: (event: NewEvent) => boolean) {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const journal = (real: Journal): Journal => ({
    ...real,
    async append(...args) {
      if (args[2].some(matches)) {
        reached.resolve();
        await gate.promise;
      }
      return real.append(...args);
    },
  });
  return { journal, reached: reached.promise, release: () => gate.resolve() };
}

const begins = (key: string) => (event: NewEvent) =>
  event.type === 'STEP_STATE_CHANGED' && event.step === key && event.payload.to === 'DISPATCHED';

const steps = `
  - { id: a, kind: command, command: act, input: { v: book }, compensate: { kind: command, command: act, input: { v: unbook } } }
  - { id: b, kind: command, command: act, depends_on: [a], input: { v: pay } }`;

it('an external step does not act before its start is recorded', async () => {
  const { commands, acted } = observableCommands();
  const { journal, reached, release } = slowAt(begins('b'));
  const engine = on.engine({ commands, journal });
  const run = engine.startWorkflow(ADMIN, { source: { yaml: `name: test\nsteps:${steps}` }, waitMs: 60_000 });
  await reached;
  expect(acted).toEqual(['book']);
  release();
  expect((await run).run.state).toBe('SUCCEEDED');
  expect(acted).toEqual(['book', 'pay']);
});

it('an external step does not act when it was cancelled until then', async () => {
  const { commands, acted } = observableCommands();
  const { journal, reached, release } = slowAt(begins('b'));
  const engine = on.engine({ commands, journal });
  const { run } = await engine.startWorkflow(ADMIN, { source: { yaml: `name: test\nsteps:${steps}` } });
  await reached;
  const cancelled = engine.cancelRun(ADMIN, run.id, { compensate: true });
  // The visibility of the run is read first; then the cancellation waits behind the append.
  await new Promise((resolve) => setTimeout(resolve, 50));
  release();
  await cancelled;
  const state = async () => (await on.store.reader.run({ tenant: 'default' }, run.id))?.state;
  await expect.poll(state).toBe('CANCELLED');
  expect(acted).toEqual(['book', 'unbook']);
});
