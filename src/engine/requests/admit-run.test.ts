import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, BOB, startEngine } from '../../../test/support/engine/engine.ts';
import { until } from '../../../test/support/until.ts';
import { defineBackend } from '../../agents/define-backend.ts';
import type { Engine } from './engine.ts';

let on: Awaited<ReturnType<typeof startEngine>>;
beforeAll(async () => {
  on = await startEngine();
});
afterAll(() => on.stop());

const csv = { source: { text: { text: 'a,b\n1,2', mediaType: 'text/csv' } } };
const steps = [
  { command: 'convertToJson', options: csv },
  { command: 'convertToJson', options: csv },
];
const document = (step: string) => ({ yaml: `name: one\nsteps:\n  - ${step}` });
const SLEEP = document('{ id: nap, kind: sleep, input: { ms: 86400000 } }');
const FAILING = document('{ id: nap, kind: transform, input: { data: 1, expression: $error("no") } }');
const backend = defineBackend({
  name: 'bash_cli',
  description: 'The backend of a test.',
  config: Type.Object({}),
  resumes: false,
  requiredAccess: () => [],
  run: async () => ({ mediaType: 'text/plain', content: 'done' }),
});
const agent = { role: 'Tester', goal: 'Try it.', backend: 'bash_cli', config: {} } as const;

describe('while a run holds all of MAX_RUNS', () => {
  const full = {
    code: 'UNAVAILABLE',
    message: 'The server is at capacity: 1 runs are in progress. Try again when some have ended.',
  };
  let engine: Engine;
  let failed: string;
  let sleeping: string;
  let held: Promise<unknown>;
  beforeAll(async () => {
    engine = on.engine({ backends: [backend], limits: { runs: 1 } });
    await engine.begin();
    failed = (await engine.startWorkflow(ADMIN, { source: FAILING, waitMs: 60_000 })).run.id;
    // It would be parked, and leave its place, if nobody waited for its end.
    held = engine.startWorkflow(ADMIN, { source: SLEEP, waitMs: 60_000 });
    const sleepers = async () =>
      (await on.store.reader.runs({ tenant: ADMIN.tenant }, { state: ['WAITING'] }, { first: 1 })).edges;
    await until('it sleeps', async () => (await sleepers()).length === 1);
    sleeping = (await sleepers())[0]?.node.id ?? '';
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a workflow', () => engine.startWorkflow(ADMIN, { source: SLEEP })],
    ['a pipeline', () => engine.executeCommand(ADMIN, { command: 'pipeline', options: { steps } })],
    ['an agent', () => engine.runAgent(ADMIN, { agent })],
    ['rerunFrom', () => engine.rerunFrom(ADMIN, failed, 'nap')],
    ['retryStep', () => engine.retryStep(ADMIN, failed, 'nap')],
  ])('%s is refused', async (_, begin) => {
    await expect(begin()).rejects.toMatchObject(full);
  });

  it('a command that never waits takes no place', async () => {
    const { snapshot } = await engine.executeCommand(BOB, { command: 'convertToJson', options: csv });
    expect(snapshot.run.state).toBe('SUCCEEDED');
  });

  it('requests that arrive together get the one place that becomes free', async () => {
    await engine.cancelRun(ADMIN, sleeping, { compensate: false });
    await held;
    const requests = Array.from({ length: 4 }, () => engine.startWorkflow(ADMIN, { source: SLEEP }));
    const started = (await Promise.allSettled(requests)).filter(({ status }) => status === 'fulfilled');
    expect(started).toHaveLength(1);
  });
});
