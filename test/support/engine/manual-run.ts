import type { NewEvent } from '../../../src/core/event.ts';
import type { Failure, PlannedStep, RunPlan } from '../../../src/core/run.ts';
import { coalesceMoves } from '../../../src/engine/driver/coalesce-moves.ts';
import { next } from '../../../src/engine/machine/next.ts';
import type { MachineEffect, MachineInput, Preparation } from '../../../src/engine/model/machine-input.ts';
import { applyEvent, createRunAggregate, type RunAggregate } from '../../../src/engine/model/run-aggregate.ts';
import { ANN, runOpening, START, textOutput } from './runs.ts';

/** A run that a test drives manually, input by input. */
export function createManualRun(steps: readonly PlannedStep[], plan?: RunPlan) {
  const opening = runOpening(steps, plan);
  const events: NewEvent[] = [];
  let run: RunAggregate = createRunAggregate('run', START, opening);
  let effects: readonly MachineEffect[] = [];
  let now = START.getTime();
  let ids = 0;
  let luck = 1;

  const send = (input: MachineInput) => {
    const at = new Date(now);
    const transition = next(run, input, { at, random: () => luck, newId: (prefix) => `${prefix}_${++ids}` });
    events.push(...transition.events);
    effects = transition.effects;
    return transition;
  };
  const attemptOf = (step: string) => run.steps.get(step)?.attempt ?? 0;
  const on = {
    get aggregate() {
      return run;
    },
    get state() {
      return run.record.state;
    },
    /** The states of all steps, including items and compensations. */
    get states() {
      return Object.fromEntries([...run.steps.values()].map(({ key, state }) => [key, state]));
    },
    /** The effects of the last input, such as `prepare a`. */
    get asked() {
      return effects.map((effect) => (effect.type === 'conclude' ? 'conclude' : `${effect.type} ${effect.step.key}`));
    },
    get events(): readonly NewEvent[] {
      return events;
    },
    step: (key: string) => run.steps.get(key),
    send,
    start: () => send({ type: 'started' }),
    prepared: (step: string, prepared: Preparation = { type: 'ready' }) => send({ type: 'prepared', step, prepared }),
    begun: (step: string) => send({ type: 'begun', step }),
    /** Prepares the step and gives it a slot, so that it runs. */
    begin(step: string) {
      on.prepared(step);
      return on.begun(step);
    },
    succeed: (step: string, text = step) =>
      send({ type: 'succeeded', step, attempt: attemptOf(step), output: textOutput(text) }),
    fail: (step: string, failure: Failure) => send({ type: 'failed', step, attempt: attemptOf(step), failure }),
    /** Runs the steps until they succeed. */
    do(...keys: readonly string[]) {
      for (const step of keys) {
        on.begin(step);
        on.succeed(step);
      }
    },
    woke: (step: string) => send({ type: 'woke', step }),
    decide: (approve: boolean, approvalId = [...run.approvals.keys()][0] ?? '') =>
      send({ type: 'decided', approvalId, by: ANN, approve, output: textOutput(`${approve}`) }),
    signal: (name: string, id = `msg_${++ids}`) =>
      send({ type: 'signalled', id, name, payload: id, output: textOutput(id) }),
    cancel: (compensate = false) => send({ type: 'cancelled', by: ANN, compensate }),
    retry: (step: string) => send({ type: 'retried', step }),
    wait: (ms: number) => {
      now += ms;
    },
    after: (ms: number) => new Date(now + ms),
    /** From 0 to 1: the random number for jitter. */
    draw: (of: number) => {
      luck = of;
    },
    /** Recovers the run from its events, like a new process. */
    crash() {
      run = createRunAggregate('run', START, opening);
      for (const event of coalesceMoves(events)) applyEvent(run, event);
      return send({ type: 'recovered' });
    },
  };
  return on;
}
