import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startEngine } from '../../../test/support/engine/engine.ts';
import { ANN, plannedStep, textOutput } from '../../../test/support/engine/runs.ts';
import { systemClock } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import type { MachineInput, Preparation } from '../model/machine-input.ts';
import { createDispatcher } from './dispatcher.ts';
import type { EffectHandlers } from './effect-runner.ts';
import { createRunRegistry } from './run-registry.ts';
import { createRunStart, loadRun, type RunStart } from './run-start.ts';

let on: Awaited<ReturnType<typeof startEngine>>;
beforeAll(async () => {
  on = await startEngine();
});
afterAll(() => on.stop());

const working: EffectHandlers = {
  prepare: () => ({ type: 'ready' }),
  async act({ step, flush }) {
    await flush();
    return { output: textOutput(step.key) };
  },
  gather: async () => ({ output: textOutput('all') }),
  conclude: async () => ({ outputs: {}, events: [] }),
  toFailure: () => ({ code: 'INTERNAL', message: 'it failed', retryable: false }),
};

const broken = (): never => {
  throw new TypeError('a bug');
};

function startRegistry() {
  const error = vi.fn();
  const onRelease = vi.fn();
  const dispatcher = createDispatcher({ node: 1, queue: 10 });
  const registry = createRunRegistry({
    journal: on.store.journal,
    clock: systemClock,
    dispatcher,
    handlers: working,
    logger: { debug() {}, info() {}, warn() {}, error },
    metrics: { runDriven: () => () => {}, runEnded() {} },
    quotas: { count: () => () => {} },
    onRelease,
    onChildEnded() {},
    onEnded() {},
    onCancelled() {},
  });
  return { registry, dispatcher, error, onRelease };
}

/** The step a succeeds, and is recorded; then b follows. */
function twoSteps(): RunStart {
  const steps = [plannedStep('a', { id: newId('step') }), plannedStep('b', { id: newId('step'), dependsOn: ['a'] })];
  const plan = { kind: 'WORKFLOW', inputs: {}, steps } as const;
  return createRunStart(ANN, plan, { traceId: '', requestDigest: '' }, new Date());
}

async function recover(runId: string) {
  const { registry } = startRegistry();
  const { run, persistedSeq } = await loadRun(on.store.reader, runId);
  const input: MachineInput = { type: 'recovered' };
  return registry.drive({ run, persistedSeq, events: [], input }).completed;
}

describe('a run whose driver fails', () => {
  const malformed = { type: 'items' } as unknown as Preparation;
  it.each<[string, Partial<EffectHandlers>]>([
    ['in the machine', { prepare: (_, { key }) => (key === 'b' ? malformed : { type: 'ready' }) }],
    ['in the machine, after a wait', { prepare: async (_, { key }) => (key === 'b' ? malformed : { type: 'ready' }) }],
    ['in an effect', { prepare: (_, { key }) => (key === 'b' ? broken() : { type: 'ready' }), toFailure: broken }],
    [
      'in an effect, after a wait',
      { act: async (attempt) => (attempt.step.key === 'b' ? broken() : working.act(attempt)), toFailure: broken },
    ],
  ])('%s is released with INTERNAL, and can be recovered', async (_, handlers) => {
    const { registry, dispatcher, error, onRelease } = startRegistry();
    const handle = registry.drive(twoSteps(), { ...working, ...handlers });
    const runId = handle.run.record.id;
    await expect(handle.completed).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await handle.released).toMatchObject({ code: 'INTERNAL' });
    await expect(handle.send({ type: 'cancelled', by: ANN, compensate: false })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    await expect.poll(() => onRelease).toHaveBeenCalledWith(runId, expect.objectContaining({ code: 'INTERNAL' }));
    expect([registry.size, dispatcher.active, dispatcher.queued]).toEqual([0, 0, 0]);
    expect(error).toHaveBeenCalledWith('run.crashed', expect.objectContaining({ runId }));
    const { run, steps } = await recover(runId);
    expect([run.state, ...steps.map(({ state }) => state)]).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    expect((await on.store.verifyRun({ tenant: ANN.tenant }, runId))?.problems).toEqual([]);
  });

  it('when an attempt throws at once, only its step fails', async () => {
    const { registry } = startRegistry();
    const { run, steps } = await registry.drive(twoSteps(), { ...working, act: broken }).completed;
    expect([run.state, ...steps.map(({ state }) => state)]).toEqual(['FAILED', 'FAILED', 'SKIPPED']);
  });
});
