import type { NewEvent } from '../../../src/core/event.ts';
import type { Failure, PlannedStep, RunPlan } from '../../../src/core/run.ts';
import { coalesceMoves } from '../../../src/engine/driver/coalesce-moves.ts';
import { next } from '../../../src/engine/machine/next.ts';
import type { MachineEffect, MachineInput, Preparation } from '../../../src/engine/model/machine-input.ts';
import { applyEvent, createRunAggregate, type RunAggregate } from '../../../src/engine/model/run-aggregate.ts';
import { ANN, runOpening, START, textOutput } from './runs.ts';

/** A run that a test drives by hand, signal by signal. */
export function createManualRun(steps: readonly PlannedStep[], plan?: RunPlan) {
  const opening = runOpening(steps, plan);
  const events: NewEvent[] = [];
  let run: RunAggregate = createRunAggregate('run', START, opening);
  let effects: readonly MachineEffect[] = [];
  let now = START.getTime();
  let ids = 0;
  let luck = 1;

  const tell = (signal: MachineInput) => {
    const at = new Date(now);
    const move = next(run, signal, { at, random: () => luck, newId: (prefix) => `${prefix}_${++ids}` });
    events.push(...move.events);
    effects = move.effects;
    return move;
  };
  const attemptOf = (step: string) => run.steps.get(step)?.attempt ?? 0;
  const on = {
    get live() {
      return run;
    },
    get state() {
      return run.record.state;
    },
    /** Of every step, the items and compensations too. */
    get states() {
      return Object.fromEntries([...run.steps.values()].map(({ key, state }) => [key, state]));
    },
    /** What the last signal asked for, as `prepare a`. */
    get asked() {
      return effects.map((effect) => (effect.type === 'conclude' ? 'conclude' : `${effect.type} ${effect.step.key}`));
    },
    get events(): readonly NewEvent[] {
      return events;
    },
    step: (key: string) => run.steps.get(key),
    tell,
    start: () => tell({ type: 'started' }),
    prepared: (step: string, prepared: Preparation = { type: 'ready' }) => tell({ type: 'prepared', step, prepared }),
    begun: (step: string) => tell({ type: 'begun', step }),
    /** Prepares the step and gives it a slot, so that it runs. */
    begin(step: string) {
      on.prepared(step);
      return on.begun(step);
    },
    succeed: (step: string, text = step) =>
      tell({ type: 'succeeded', step, attempt: attemptOf(step), output: textOutput(text) }),
    fail: (step: string, failure: Failure) => tell({ type: 'failed', step, attempt: attemptOf(step), failure }),
    /** Runs the steps until they succeed. */
    do(...keys: readonly string[]) {
      for (const step of keys) {
        on.begin(step);
        on.succeed(step);
      }
    },
    woke: (step: string) => tell({ type: 'woke', step }),
    decide: (approve: boolean, approvalId = [...run.approvals.keys()][0] ?? '') =>
      tell({ type: 'decided', approvalId, by: ANN, approve, output: textOutput(`${approve}`) }),
    signal: (name: string, id = `msg_${++ids}`) =>
      tell({ type: 'signalled', id, name, payload: id, output: textOutput(id) }),
    cancel: (compensate = false) => tell({ type: 'cancelled', by: ANN, compensate }),
    retry: (step: string) => tell({ type: 'retried', step }),
    wait: (ms: number) => {
      now += ms;
    },
    after: (ms: number) => new Date(now + ms),
    /** From 0 to 1: what jitter draws. */
    draw: (of: number) => {
      luck = of;
    },
    /** The process is gone, and another one has the run by its events. */
    crash() {
      run = createRunAggregate('run', START, opening);
      for (const event of coalesceMoves(events)) applyEvent(run, event);
      return tell({ type: 'recovered' });
    },
  };
  return on;
}
