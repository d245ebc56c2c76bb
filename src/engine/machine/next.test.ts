import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { created, fold } from '../core/projection.ts';
import type { Failure, Output, PlannedStep, RunSnapshot, Effect as StepEffect } from '../core/run.ts';
import { isFinalRunState } from '../core/run-state.ts';
import { isFinalStepState, mayMove } from '../core/step-state.ts';
import { recordOnce } from './record-once.ts';
import { type Effect, type Move, next, type Signal } from './run-machine.ts';

const at = new Date('2026-01-01T00:00:00Z');
const output: Output = { mediaType: 'text/plain', size: 1, digest: 'ab', text: 'x' };
const failure = (code: Failure['code']): Failure => ({ code, message: 'no', retryable: false });

function plan(dependsOn: readonly (readonly number[])[], effect: StepEffect = 'pure'): RunSnapshot {
  const steps = dependsOn.map(
    (deps, i): PlannedStep => ({
      id: `step_${i}`,
      key: `s${i}`,
      title: '',
      kind: 'COMMAND',
      capability: 'fetch',
      effect,
      input: {},
      dependsOn: deps.map((d) => `s${d}`),
      maxAttempts: 1,
    }),
  );
  const principal = { subject: 'a', username: 'a', tenant: 't', roles: [] };
  const rest = { inputs: {}, labels: {}, priority: 'INTERACTIVE', traceId: '', requestDigest: '' } as const;
  return created('run_1', at, { kind: 'PIPELINE', principal, steps, ...rest });
}

const names = (effects: readonly Effect[]) => effects.map((e) => `${e.type} ${e.step.key}`);

/** Tells the machine one signal after the other. */
function play(run: RunSnapshot, ...signals: Signal[]): Move {
  let move: Move = { run, events: [], effects: [] };
  for (const signal of signals) {
    const after = next(move.run, signal, at);
    move = { ...after, events: [...move.events, ...after.events] };
  }
  return move;
}

describe('the run machine', () => {
  it('decides, acts and ends a run of one step', () => {
    const started = next(plan([[]]), { type: 'started' }, at);
    expect(names(started.effects)).toEqual(['decide s0']);
    const allowed = next(started.run, { type: 'allowed', step: 's0', decisions: [] }, at);
    expect(names(allowed.effects)).toEqual(['act s0']);
    expect(allowed.run.run.state).toBe('RUNNING');
    const done = next(allowed.run, { type: 'succeeded', step: 's0', output }, at);
    expect(done.run.run.state).toBe('SUCCEEDED');
    expect(done.run.steps[0]).toMatchObject({ state: 'SUCCEEDED', attempt: 1, output });
  });

  it('starts a step only when every step it depends on has succeeded', () => {
    const run = play(plan([[], [], [0, 1]]), { type: 'started' }, { type: 'allowed', step: 's0', decisions: [] }).run;
    const first = play(run, { type: 'allowed', step: 's1', decisions: [] }, { type: 'succeeded', step: 's0', output });
    expect(names(first.effects)).toEqual([]);
    const second = next(first.run, { type: 'succeeded', step: 's1', output }, at);
    expect(names(second.effects)).toEqual(['decide s2']);
  });

  it.each([
    ['FORBIDDEN', 'DENIED', 'DENIED'],
    ['TIMEOUT', 'TIMEOUT', 'TIMEOUT'],
    ['BAD_INPUT', 'FAILED', 'FAILED'],
    ['CANCELLED', 'CANCELLED', 'CANCELLED'],
  ] as const)('ends the run after a step that failed with %s, and skips the rest', (code, ofStep, ofRun) => {
    const { run } = play(
      plan([[], [0]]),
      { type: 'started' },
      { type: 'allowed', step: 's0', decisions: [] },
      { type: 'failed', step: 's0', failure: failure(code) },
    );
    expect(run.steps.map((s) => s.state)).toEqual([ofStep, 'SKIPPED']);
    expect(run.run).toMatchObject({ state: ofRun, error: { code, step: 's0' } });
  });

  it('lets what is in flight finish before it ends a failed run', () => {
    const running = play(
      plan([[], []]),
      { type: 'started' },
      { type: 'allowed', step: 's0', decisions: [] },
      { type: 'allowed', step: 's1', decisions: [] },
      { type: 'failed', step: 's0', failure: failure('BAD_INPUT') },
    );
    expect(running.run.run.state).toBe('RUNNING');
    const { run } = next(running.run, { type: 'succeeded', step: 's1', output }, at);
    expect(run.run).toMatchObject({ state: 'FAILED', error: { step: 's0' } });
  });

  it('takes a second result of a step for nothing', () => {
    const ended = play(
      plan([[], []]),
      { type: 'started' },
      { type: 'allowed', step: 's0', decisions: [] },
      { type: 'succeeded', step: 's0', output },
    ).run;
    const again = next(ended, { type: 'failed', step: 's0', failure: failure('INTERNAL') }, at);
    expect(again).toEqual({ run: ended, events: [], effects: [] });
  });

  it('does a pure step again after a crash, and never an external one', () => {
    const running = (effect: StepEffect) =>
      play(plan([[]], effect), { type: 'started' }, { type: 'allowed', step: 's0', decisions: [] }).run;
    expect(names(next(running('pure'), { type: 'recovered' }, at).effects)).toEqual(['act s0']);
    const external = next(running('external'), { type: 'recovered' }, at);
    expect(names(external.effects)).toEqual([]);
    expect(external.run.run).toMatchObject({ state: 'FAILED', error: { code: 'UNAVAILABLE' } });
  });
});

/** Any DAG: each step depends on some of those before it. */
const dag = fc
  .integer({ min: 1, max: 6 })
  .chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => fc.subarray([...Array(i).keys()]))));

const outcome = fc.constantFrom('succeed', 'refuse', 'fail', 'time-out', 'recover');

describe('any run', () => {
  it('reaches one final state by allowed moves, whatever its steps do and in whatever order', () => {
    fc.assert(
      fc.property(dag, fc.array(fc.tuple(fc.nat(), outcome), { minLength: 80, maxLength: 80 }), (deps, choices) => {
        let move = next(plan(deps), { type: 'started' }, at);
        const all = [...move.events];
        const open: Effect[] = [...move.effects];
        for (const [pick, what] of choices) {
          const effect = what === 'recover' ? undefined : open.splice(pick % (open.length || 1), 1)[0];
          const signal = what === 'recover' ? ({ type: 'recovered' } as const) : answer(effect, what);
          if (!signal) continue;
          if (what === 'recover') open.length = 0;
          for (const event of next(move.run, signal, at).events) {
            if (event.type !== 'STEP_STATE_CHANGED') continue;
            expect(mayMove(event.payload.from, event.payload.to)).toBe(true);
          }
          move = next(move.run, signal, at);
          all.push(...move.events);
          open.push(...move.effects);
        }
        expect(isFinalRunState(move.run.run.state)).toBe(true);
        expect(move.run.steps.every((s) => isFinalStepState(s.state))).toBe(true);
        // The tables are the fold of the events, recorded one by one or once.
        expect(all.reduce(fold, plan(deps))).toEqual(move.run);
        expect(recordOnce(all).reduce(fold, plan(deps))).toEqual(move.run);
      }),
    );
  });
});

function answer(effect: Effect | undefined, what: string): Signal | undefined {
  if (!effect) return undefined;
  const step = effect.step.key;
  if (effect.type === 'decide') {
    return what === 'refuse'
      ? { type: 'refused', step, decisions: [], failure: failure('FORBIDDEN') }
      : { type: 'allowed', step, decisions: [] };
  }
  if (what === 'fail') return { type: 'failed', step, failure: failure('BAD_INPUT') };
  if (what === 'time-out') return { type: 'failed', step, failure: failure('TIMEOUT') };
  return { type: 'succeeded', step, output };
}
